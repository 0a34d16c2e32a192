"""Weights and calibrations as safetensors: from bytes to a frozen model. Nothing is ever unpickled.

They are taken only if hash, names, shapes and values are as the card and the architecture say.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import Tensor, nn

from explorer.cards.card import LONGEST_NAME, REMEDY, Card, card_bytes
from explorer.cards.sizes import check_sizes
from explorer.contracts import Model
from explorer.datasets import reference_of
from explorer.evaluation.calibration import Calibration
from explorer.foreign import short
from explorer.models import MODELS
from explorer.writing import whole

LARGEST_BYTES = 64 * 2**20
"""Of a weights file."""

LARGEST_CALIBRATION = 8 * 2**20
"""Of a calibration file, bytes."""

LARGEST_HEADER = 2**20
"""Of a file of tensors, bytes; each of its names costs far more memory than it takes there."""

CARD, WEIGHTS, CALIBRATION = ".toml", ".safetensors", ".calibration.safetensors"
"""Endings of a model's files."""

NO_NETWORK = (TypeError, ValueError, LookupError, RuntimeError, ArithmeticError)
"""What networks and torch answer to settings of which nothing can be made."""


@dataclass(frozen=True, eq=False)
class Pretrained:
    """A frozen model.

    Attributes:
        model: in `eval()`, without gradients of its weights.
        card: what is known of it.
        calibration: how healthy pixels score, by dataset name; empty where it was not calibrated.
    """

    model: Model
    card: Card
    calibration: Mapping[str, Calibration]

    def healthy(self, dataset: str) -> Calibration | None:
        """How healthy pixels of a dataset, or of its reference (`reference_of`), score; None: not known."""
        return self.calibration.get(reference_of(dataset))


def assemble(card: Card, weights: bytes, calibration: bytes | None, device: torch.device) -> Pretrained:
    """A frozen model from the contents of its three files.

    Args:
        card: the card.
        weights: content of NAME.safetensors.
        calibration: content of NAME.calibration.safetensors; None only where the card names none.
        device: where the model goes.

    Raises:
        ValueError: where a file is damaged, or they do not fit each other.
    """
    tensors = _tensors(card.name + WEIGHTS, weights, card.sha256, REMEDY)
    model = _network(card)
    _check_weights(card.name + WEIGHTS, tensors, model.state_dict())
    model.load_state_dict({k: v.float() for k, v in tensors.items()}, assign=True)
    model.eval().requires_grad_(False)
    model.to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    return Pretrained(cast(Model, model), card, _calibrations(card, calibration))


def outline(card: Card) -> Pretrained:
    """A model without weights, which only says what it is: its evidence and its range of betas.

    Raises:
        ValueError: where no network can be made of the card.
    """
    return Pretrained(cast(Model, _network(card)), card, {})


def save_pretrained(
    model: nn.Module, card: Card, calibration: Mapping[str, Calibration], folder: Path
) -> None:
    """Write weights, calibration and card with the hashes of both, all at once.

    Weights are stored in half precision, for which `round_weights` prepares them.
    """
    tensors = {name: value.detach().cpu().half().contiguous() for name, value in model.state_dict().items()}
    content = save_tensors(tensors)
    folder.mkdir(parents=True, exist_ok=True)
    card = replace(card, sha256=hashlib.sha256(content).hexdigest())
    _save(card, calibration, folder, {card.name + WEIGHTS: content})


def save_calibration(card: Card, calibration: Mapping[str, Calibration], folder: Path) -> None:
    """Write a calibration and the card with its hash, at once; without one, no file of it stays."""
    _save(card, calibration, folder, {})


def _save(
    card: Card, calibration: Mapping[str, Calibration], folder: Path, others: Mapping[str, bytes]
) -> None:
    """Write a card, its calibration and other files, by name, at once."""
    healthy, files = card.name + CALIBRATION, dict(others)
    if calibration:
        files[healthy] = calibration_bytes(calibration)
    digest = hashlib.sha256(files[healthy]).hexdigest() if calibration else ""
    files[card.name + CARD] = card_bytes(replace(card, calibration_sha256=digest))
    with whole(folder / (card.name + CARD)) as partial:
        for name, content in files.items():
            (partial / name).write_bytes(content)
    if not calibration:
        (folder / healthy).unlink(missing_ok=True)


def round_weights(model: nn.Module) -> None:
    """Round the weights in place to what is stored, so that figures are of the model that will be loaded."""
    with torch.no_grad():
        for value in model.state_dict().values():
            value.copy_(value.half())


def calibration_bytes(calibration: Mapping[str, Calibration]) -> bytes:
    """Calibrations by dataset name as safetensors: tensors `DATASET:PART`, see `Calibration.parts`."""
    return save_tensors(
        {f"{name}:{key}": part for name, made in calibration.items() for key, part in made.parts().items()}
    )


def _calibrations(card: Card, content: bytes | None) -> dict[str, Calibration]:
    if not card.calibration_sha256:
        return {}
    file, remedy = card.name + CALIBRATION, calibration_remedy(card.name)
    if content is None:
        raise ValueError(f"the calibration {file} is missing beside its card; {remedy}")
    parts: dict[str, dict[str, Tensor]] = {}
    for name, part in _tensors(file, content, card.calibration_sha256, remedy).items():
        dataset, _, key = name.partition(":")
        if not dataset.isprintable() or len(dataset) > LONGEST_NAME:
            told = f"printable and at most {LONGEST_NAME} letters long, got {short(repr(dataset))}"
            raise ValueError(f"{file}: names of data must be {told}; {remedy}")
        parts.setdefault(dataset, {})[key] = part
    try:
        return {dataset: Calibration.of_parts(found) for dataset, found in parts.items()}
    except ValueError as error:
        raise ValueError(f"{file}: {short(error)}; {remedy}") from None


def calibration_remedy(name: str) -> str:
    """What to do about the calibration of the model called `name`."""
    return f"restore it, or make it anew with: python -m explorer calibrate {name}"


def _tensors(file: str, content: bytes, sha256: str, remedy: str) -> dict[str, Tensor]:
    """The tensors of a file whose hash its card holds."""
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ValueError(f"{file} is not the file its card describes (sha256 differs); {remedy}")
    return tensors_from(file, content, remedy)


def tensors_from(file: str, content: bytes, remedy: str) -> dict[str, Tensor]:
    """The tensors of a safetensors file; ValueError, with its name and the remedy, where it is none."""
    if int.from_bytes(content[:8], "little") > LARGEST_HEADER:
        raise ValueError(f"{file} is not a safetensors file (its header is no list of tensors); {remedy}")
    try:
        tensors: dict[str, Tensor] = load_tensors(content)
    except (SafetensorError, LookupError) as error:  # the latter for number formats that torch lacks
        raise ValueError(f"{file} is not a safetensors file ({short(error)}); {remedy}") from None
    return tensors


def _network(card: Card) -> nn.Module:
    """The network that a card describes, without memory for its weights."""
    try:
        family = MODELS[card.kind]
    except ValueError as error:
        raise ValueError(f"card {card.name}.toml: {short(error)}") from None
    try:
        check_sizes(card.model)
        with torch.device("meta"):
            return family(**card.model)
    except NO_NETWORK as error:
        raise ValueError(f"card {card.name}.toml: [model] does not fit {card.kind}: {short(error)}") from None


def _check_weights(file: str, tensors: Mapping[str, Tensor], expected: Mapping[str, Tensor]) -> None:
    wrong = sorted(set(tensors) ^ set(expected))
    if wrong:
        first = short(wrong[0])
        raise ValueError(
            f"{file} does not hold this architecture's weights (first difference: {first}); {REMEDY}"
        )
    for name, value in sorted(tensors.items()):
        if value.shape != expected[name].shape:
            shapes = f"{tuple(value.shape)} instead of {tuple(expected[name].shape)}"
            raise ValueError(f"{file}: {name} has the shape {shapes}; {REMEDY}")
        if not value.is_floating_point() or not bool(torch.isfinite(value.float()).all()):
            raise ValueError(f"{file}: {name} holds values that are not finite numbers; {REMEDY}")
