"""Cards and weights: from two files in a folder to a frozen model.

A model is `<name>.safetensors` beside `<name>.toml`, its card. The card says what the network is, how and on
what it was trained, how it does on held-out healthy data, and the hash of the weights. Weights are loaded
only if hash, names, shapes and values are as the card and the architecture say. Nothing is ever unpickled.
"""

from __future__ import annotations

import hashlib
import math
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import tomli_w
import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import Tensor, nn

from explorer.contracts import Model
from explorer.evaluation.calibration import Calibration
from explorer.models import MODELS

FOLDER = Path(__file__).parents[2] / "pretrained"
LARGEST_BYTES = 64 * 2**20
LARGEST_CARD = 2 * 2**20
LARGEST_SETTING, LONGEST_SETTING = 65536, 16
"""Bounds on the numbers and lists of a card's [model]."""

_NO_NETWORK = (TypeError, ValueError, IndexError, RuntimeError, ArithmeticError)
"""What networks and torch answer to settings of which nothing can be made."""

REMEDY = "restore both files from the repository, or make them again with: python -m explorer train"


@dataclass(frozen=True)
class HeldOut:
    """What the model reaches on healthy images it never saw, by training beta; means over images.

    Attributes:
        betas: training betas, (K,), ascending.
        rec: reconstruction term at z = mu, nats an image, (K,).
        kl: KL term, nats an image, (K,).
        error: mean |x - x_hat| over foreground pixels, (K,).
        perplexity: exp of the entropy of how often each code is used, (K,); empty for models without codes.
        code_nll: mean -log p(c_i | c_<i) of the prior, nats a code, (K,); empty for models without codes.
    """

    betas: tuple[float, ...]
    rec: tuple[float, ...]
    kl: tuple[float, ...]
    error: tuple[float, ...]
    perplexity: tuple[float, ...] = ()
    code_nll: tuple[float, ...] = ()


@dataclass(frozen=True, eq=False)
class Card:
    """What is known of a model; see the module's docstring.

    Attributes:
        name: also the stem of both files.
        kind: architecture, a name in `explorer.models.MODELS`.
        dataset: the family of datasets it is for.
        data: what it was trained on, with licence and citation.
        model: settings of the architecture.
        recipe: the other settings of the training.
        sha256: of the weights file.
        held_out: figures on healthy data, by dataset name.
        calibration: quantiles of healthy scores, by dataset name.
        benchmarks: what the scripts of `tests/benchmarks` measured with this model, by name.
    """

    name: str
    kind: str
    dataset: str
    data: str
    model: Mapping[str, Any]
    recipe: Mapping[str, Any]
    sha256: str
    held_out: Mapping[str, HeldOut]
    calibration: Mapping[str, Calibration]
    benchmarks: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Pretrained:
    """A frozen model, in `eval()` without gradients of its weights, and its card."""

    model: Model
    card: Card


def pretrained_names(folder: Path | None = None) -> tuple[str, ...]:
    """Names of the models that have a card in `folder`; None: the folder of the shipped models."""
    return tuple(sorted(path.stem for path in (folder or FOLDER).glob("*.toml")))


def model_for(kind: str, dataset: str) -> str:
    """The pretrained model of a kind for a dataset, e.g. `beta-vae` and `brain/flair` -> `beta-vae-brain`."""
    return f"{kind}-{dataset.partition('/')[0]}"


def load_pretrained(name: str, device: torch.device, folder: Path | None = None) -> Pretrained:
    """Load a model by name onto a device, from `folder` or else from the shipped models.

    Raises:
        ValueError: if the name is unknown, or card or weights are missing, damaged or do not fit each other.
    """
    folder = folder or FOLDER
    known = pretrained_names(folder)
    if name not in known:
        raise ValueError(f"unknown model {name!r}; known: {', '.join(known) or 'none'}; {REMEDY}")
    card = read_card(folder / f"{name}.toml")
    path = folder / f"{name}.safetensors"
    return _load(card, path.name, _read_weights(path), device)


def load_bytes(card: tuple[str, bytes], weights: tuple[str, bytes], device: torch.device) -> Pretrained:
    """Load a model from two files in memory, after the checks of `load_own`.

    Args:
        card: name, ending in `.toml`, and content of the card.
        weights: name, ending in `.safetensors`, and content; both names have one stem.
        device: where the model goes.

    Raises:
        ValueError: where a file is not what its name says, or they do not fit each other.
    """
    stem = card[0].removesuffix(".toml")
    if card[0] == stem or weights[0] != f"{stem}.safetensors":
        raise ValueError(
            f"{card[0]!r} and {weights[0]!r} are no model: bring a card NAME.toml and NAME.safetensors"
        )
    if len(card[1]) > LARGEST_CARD or len(weights[1]) > LARGEST_BYTES:
        limits = f"{LARGEST_CARD // 2**20} MiB (card) and {LARGEST_BYTES // 2**20} MiB (weights)"
        raise ValueError(f"{stem} is larger than {limits}, which no model here is; {REMEDY}")
    return _load(_parsed(stem, card[1]), weights[0], weights[1], device)


def _load(card: Card, file: str, content: bytes, device: torch.device) -> Pretrained:
    """A frozen model from a card and the content of a weights file called `file`."""
    found = hashlib.sha256(content).hexdigest()
    if found != card.sha256:
        raise ValueError(f"{file} is not the file its card describes (sha256 differs); {REMEDY}")
    try:
        tensors = load_tensors(content)
    except SafetensorError as error:
        raise ValueError(f"{file} is not a safetensors file ({error}); {REMEDY}") from None
    try:
        _check_settings("model", card.model)
        with torch.device("meta"):
            model = MODELS[card.kind](**card.model)
    except _NO_NETWORK as error:
        raise ValueError(f"card {card.name}.toml: [model] does not fit {card.kind}: {error}") from None
    _check_tensors(file, tensors, model.state_dict())
    model.load_state_dict({k: v.float() for k, v in tensors.items()}, assign=True)
    model.eval().requires_grad_(False)
    model.to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    return Pretrained(cast(Model, model), card)


def load_own(path: Path, device: torch.device) -> Pretrained:
    """Load a model from any folder by the path of its card or of its weights, which lie side by side.

    Raises:
        ValueError: as `load_pretrained`, and where a file is a link out of that folder.
    """
    path = path.absolute()
    for ending in (".toml", ".safetensors"):
        file = path.with_suffix(ending)
        if not file.is_file():
            raise ValueError(
                f"{file.name} is missing: a model is a card (.toml) beside its .safetensors file"
            )
        if file.resolve().parent != path.parent.resolve():
            raise ValueError(f"{file.name} is a link out of its folder; copy the file itself there")
    return load_pretrained(path.stem, device, path.parent)


def save_pretrained(model: nn.Module, card: Card, folder: Path) -> None:
    """Write weights and card with their hash; the card comes last, so that no half pair is listed.

    Weights are stored in half precision, which `round_weights` prepares for.
    """
    tensors = {name: value.detach().cpu().half().contiguous() for name, value in model.state_dict().items()}
    content = save_tensors(tensors)
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / f"{card.name}.safetensors", content)
    write_card(replace(card, sha256=hashlib.sha256(content).hexdigest()), folder)


def add_benchmark(path: Path, name: str, figures: Mapping[str, Any]) -> None:
    """Enter what a benchmark measured into the card at `path`; the weights and the rest of the card stay."""
    card = read_card(path)
    write_card(replace(card, benchmarks={**card.benchmarks, name: dict(figures)}), path.parent)


def round_weights(model: nn.Module) -> None:
    """Round the weights in place to what is stored, so that figures are of the model that will be loaded."""
    with torch.no_grad():
        for value in model.state_dict().values():
            value.copy_(value.half())


def read_card(path: Path) -> Card:
    """Read a card.

    Raises:
        ValueError: naming the card and what is wrong with it.
    """
    try:
        if not path.is_file() or path.stat().st_size > LARGEST_CARD:
            raise ValueError(f"it is no plain file of at most {LARGEST_CARD // 2**20} MiB")
        content = path.read_bytes()
    except (OSError, ValueError) as error:
        raise ValueError(f"card {path.name} cannot be read: {error}; {REMEDY}") from None
    return _parsed(path.stem, content)


def _parsed(stem: str, text: bytes) -> Card:
    """The card of the model called `stem`."""
    try:
        content = tomllib.loads(text.decode())
        if content.get("name", stem) != stem:
            raise ValueError(f"it is the card of {content['name']!r}")
        return Card(
            name=stem,
            kind=str(content["kind"]),
            dataset=str(content["dataset"]),
            data=str(content["data"]),
            model=dict(content["model"]),
            recipe=dict(content["recipe"]),
            sha256=str(content["sha256"]),
            held_out={
                name: HeldOut(**{key: tuple(map(float, values)) for key, values in figures.items()})
                for name, figures in content["held_out"].items()
            },
            benchmarks=dict(content.get("benchmarks", {})),
            calibration={name: Calibration.from_dict(made) for name, made in content["calibration"].items()},
        )
    except KeyError as error:
        raise ValueError(f"card {stem}.toml lacks {error}; {REMEDY}") from None
    except (
        tomllib.TOMLDecodeError,
        UnicodeDecodeError,
        TypeError,
        AttributeError,
        RecursionError,
        ValueError,
    ) as error:
        raise ValueError(f"card {stem}.toml cannot be read: {error}; {REMEDY}") from None


def _check_settings(name: str, value: Any) -> None:
    """Raise ValueError for what no network can be made of in reasonable time: huge, endless, not numbers."""
    if isinstance(value, Mapping):
        children = list(value.items())
    elif isinstance(value, list):
        children = [(name, part) for part in value]
    elif isinstance(value, int | float) and math.isfinite(value) and abs(value) <= LARGEST_SETTING:
        return
    else:
        raise ValueError(f"{name} must hold numbers up to {LARGEST_SETTING} only")
    if len(children) > LONGEST_SETTING:
        raise ValueError(f"{name} must be at most {LONGEST_SETTING} long, got {len(children)}")
    for key, part in children:
        _check_settings(str(key), part)


def write_card(card: Card, folder: Path) -> None:
    """Write `<name>.toml` to `folder`, whole or not at all."""
    described = {
        "name": card.name,
        "kind": card.kind,
        "dataset": card.dataset,
        "sha256": card.sha256,
        "data": card.data.strip(),
        "model": dict(card.model),
        "recipe": dict(card.recipe),
        "held_out": {
            name: {
                key: [float(f"{v:.5g}") for v in values] for key, values in asdict(figures).items() if values
            }
            for name, figures in card.held_out.items()
        },
        "benchmarks": dict(card.benchmarks),
        "calibration": {name: calibration.to_dict() for name, calibration in card.calibration.items()},
    }
    _write(folder / f"{card.name}.toml", tomli_w.dumps(described).encode())


def _write(path: Path, content: bytes) -> None:
    """Write whole or not at all."""
    partial = path.with_name(path.name + ".partial")
    partial.write_bytes(content)
    partial.replace(path)


def _read_weights(path: Path) -> bytes:
    if not path.is_file():
        raise ValueError(f"the weights {path.name} are missing beside their card; {REMEDY}")
    if path.stat().st_size > LARGEST_BYTES:
        raise ValueError(
            f"{path.name} is larger than {LARGEST_BYTES // 2**20} MiB, which no model here is; {REMEDY}"
        )
    return path.read_bytes()


def _check_tensors(file: str, tensors: Mapping[str, Tensor], expected: Mapping[str, Tensor]) -> None:
    wrong = sorted(set(tensors) ^ set(expected))
    if wrong:
        raise ValueError(
            f"{file} does not hold this architecture's weights (first difference: {wrong[0]}); {REMEDY}"
        )
    for name, value in sorted(tensors.items()):
        if value.shape != expected[name].shape:
            shapes = f"{tuple(value.shape)} instead of {tuple(expected[name].shape)}"
            raise ValueError(f"{file}: {name} has the shape {shapes}; {REMEDY}")
        if not value.is_floating_point() or not bool(torch.isfinite(value).all()):
            raise ValueError(f"{file}: {name} holds values that are not finite numbers; {REMEDY}")
