"""The card of a model: a page of TOML that says what it is, on what it was trained and how it does.

Beside `NAME.toml` lie `NAME.safetensors`, the weights, and `NAME.calibration.safetensors`, how healthy pixels
score; the card holds the hash of both.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import tomli_w

from explorer.foreign import short
from explorer.writing import write_whole

LARGEST_CARD = 2**18
"""Bytes."""

LONGEST_NAME = 100
"""Letters of a model's name."""

REMEDY = "restore its files from the repository, or make them again with: python -m explorer train"

_UNREADABLE = (ValueError, TypeError, AttributeError, RecursionError)
"""What a text that is no TOML, or holds values of another kind, is answered with."""

_NUMBERS = re.compile(r"\[\n((?: +[-+.\w]+,\n)+)\]")
"""A list of numbers, as tomli_w spreads it over lines."""

_OF_CODES = ("perplexity", "code_nll")


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

    Raises:
        ValueError: where figures are not one a beta.
    """

    betas: tuple[float, ...]
    rec: tuple[float, ...]
    kl: tuple[float, ...]
    error: tuple[float, ...]
    perplexity: tuple[float, ...] = ()
    code_nll: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        for name, values in asdict(self).items():
            if len(values) != len(self.betas) and (values or name not in _OF_CODES):
                raise ValueError(f"{name} must be {len(self.betas)} long, as betas are; got {len(values)}")


@dataclass(frozen=True, eq=False)
class Card:
    """What is known of a model; see the module's docstring.

    Attributes:
        name: also the stem of its files.
        kind: model family, a name in `explorer.models.MODELS`.
        dataset: the family of datasets it is for.
        data: what it was trained on, with licence and citation.
        model: settings of the network.
        recipe: the other settings of the training.
        sha256: of the weights file.
        held_out: figures on healthy data, by dataset name.
        calibration_sha256: of the calibration file; empty for a model that was not calibrated.
        benchmarks: what the scripts of `tests/benchmarks` measured with this model, by name.
        trained_against: what the training removed from images, by the family of anomalies that looks like it.
    """

    name: str
    kind: str
    dataset: str
    data: str
    model: Mapping[str, Any]
    recipe: Mapping[str, Any]
    sha256: str
    held_out: Mapping[str, HeldOut]
    calibration_sha256: str = ""
    benchmarks: Mapping[str, Any] = field(default_factory=dict)
    trained_against: Mapping[str, str] = field(default_factory=dict)

    def caution(self, anomaly: str) -> str:
        """A sentence for figures on a family of anomalies that flatter the model; empty where none does."""
        if anomaly not in self.trained_against:
            return ""
        what = short(self.trained_against[anomaly])
        return (
            f"This model was trained to remove {what}, so {anomaly!r} as it is planted flatters it: judge it "
            "on real anomalies."
        )


def read_card(path: Path) -> Card:
    """Read a card.

    Raises:
        ValueError: naming the card and what is wrong with it.
    """
    try:
        if not path.is_file() or path.stat().st_size > LARGEST_CARD:
            raise ValueError(f"it is no plain file of at most {LARGEST_CARD // 2**10} KiB")
        content = path.read_bytes()
    except (OSError, ValueError) as error:
        raise ValueError(f"card {short(path.name)} cannot be read: {short(error)}; {REMEDY}") from None
    return parse_card(path.stem, content)


def parse_card(stem: str, text: bytes) -> Card:
    """The card of the model called `stem`; ValueError as `read_card`."""
    try:
        content = tomllib.loads(text.decode("utf-8-sig"))
        if content.get("name", stem) != stem:
            raise ValueError(f"it is the card of {content['name']!r}")
        if not stem.isprintable() or len(stem) > LONGEST_NAME:
            raise ValueError(f"a model's name is printable and of at most {LONGEST_NAME} letters; rename it")
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
            calibration_sha256=str(content.get("calibration_sha256", "")),
            benchmarks=dict(content.get("benchmarks", {})),
            trained_against={
                str(family): str(what) for family, what in content.get("trained_against", {}).items()
            },
        )
    except KeyError as error:
        raise ValueError(f"card {short(stem)}.toml lacks {error}; {REMEDY}") from None
    except _UNREADABLE as error:
        raise ValueError(f"card {short(stem)}.toml cannot be read: {short(error)}; {REMEDY}") from None


def card_bytes(card: Card) -> bytes:
    """The content of a card's file."""
    described = {
        "name": card.name,
        "kind": card.kind,
        "dataset": card.dataset,
        "sha256": card.sha256,
        "calibration_sha256": card.calibration_sha256,
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
    }
    if card.trained_against:
        described["trained_against"] = dict(card.trained_against)
    text = _NUMBERS.sub(lambda found: f"[{' '.join(found[1].split())[:-1]}]", tomli_w.dumps(described))
    return text.encode()


def write_card(card: Card, folder: Path) -> None:
    """Write `<name>.toml` to `folder`, whole or not at all."""
    write_whole(folder / f"{card.name}.toml", card_bytes(card))


def add_benchmark(path: Path, name: str, figures: Mapping[str, Any]) -> None:
    """Enter what a benchmark measured into the card at `path`; the rest of the card stays."""
    card = read_card(path)
    write_card(replace(card, benchmarks={**card.benchmarks, name: dict(figures)}), path.parent)
