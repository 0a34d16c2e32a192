"""Models by their names: what lies in a folder, what fits a dataset, and from a name to a loaded model."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import torch

from explorer.cards.card import LARGEST_CARD, REMEDY, Card, parse_card, read_card
from explorer.cards.weights import (
    CALIBRATION,
    LARGEST_BYTES,
    LARGEST_CALIBRATION,
    WEIGHTS,
    Pretrained,
    assemble,
)

FOLDER = Path(__file__).parents[2] / "pretrained"
"""The shipped models."""

_CARD = ".toml"


def model_names(folder: Path | None = None) -> tuple[str, ...]:
    """Names of the models that have a card in `folder`, in alphabetical order; None: the shipped models."""
    return tuple(sorted(path.stem for path in (folder or FOLDER).glob(f"*{_CARD}")))


def card_of(name: str, folder: Path | None = None) -> Card:
    """The card of the model called `name`; ValueError where there is none, or it cannot be read."""
    folder = folder or FOLDER
    if name not in model_names(folder):
        known = ", ".join(model_names(folder)) or "none"
        raise ValueError(f"unknown model {name!r}; known: {known}; {REMEDY}")
    path = folder / (name + _CARD)
    changed = path.stat()
    return _read(path, changed.st_mtime_ns, changed.st_size)


@lru_cache(maxsize=64)
def _read(path: Path, changed_ns: int, size: int) -> Card:
    return read_card(path)


def models_for(dataset: str, folder: Path | None = None) -> tuple[str, ...]:
    """Names of the models for a dataset, e.g. `brain/flair`; cards that cannot be read are passed over."""
    family = dataset.partition("/")[0]
    return tuple(name for name in model_names(folder) if _family(name, folder) in (family, dataset))


def _family(name: str, folder: Path | None) -> str:
    try:
        return card_of(name, folder).dataset
    except ValueError:  # said when the model is asked for by its name
        return ""


def model_called(name: str, dataset: str, folder: Path | None = None) -> str:
    """The model that a person means: a model's own name, or a kind.

    A kind stands for the dataset's model of that kind: the one called `KIND-FAMILY`, or else the first in the
    alphabet.

    Raises:
        ValueError: listing the models for this dataset.
    """
    if name in model_names(folder):
        return name
    fitting = models_for(dataset, folder)
    of_kind = [found for found in fitting if card_of(found, folder).kind == name]
    if not of_kind:
        known = ", ".join(fitting) or "none"
        raise ValueError(f"unknown model {name!r} for {dataset}; known: {known}")
    usual = f"{name}-{dataset.partition('/')[0]}"
    return usual if usual in of_kind else of_kind[0]


def load_pretrained(name: str, device: torch.device, folder: Path | None = None) -> Pretrained:
    """Load a model by name onto a device, from `folder` or else from the shipped models.

    Raises:
        ValueError: if the name is unknown, or a file is missing, damaged or does not fit the others.
    """
    folder = folder or FOLDER
    card = card_of(name, folder)
    weights = _content(folder / (name + WEIGHTS), LARGEST_BYTES)
    calibration = (
        _content(folder / (name + CALIBRATION), LARGEST_CALIBRATION) if card.calibration_sha256 else None
    )
    return assemble(card, weights, calibration, device)


def load_own(path: Path, device: torch.device) -> Pretrained:
    """Load a model from any folder by the path of its card or of its weights, which lie side by side.

    Raises:
        ValueError: as `load_pretrained`, and where a file is a link out of that folder.
    """
    path = path.absolute()
    for ending in (_CARD, WEIGHTS, CALIBRATION):
        file = path.with_name(path.stem + ending)
        if ending != CALIBRATION and not file.is_file():
            raise ValueError(
                f"{file.name} is missing: a model is a card (.toml) beside its .safetensors file"
            )
        if file.exists() and file.resolve().parent != path.parent.resolve():
            raise ValueError(f"{file.name} is a link out of its folder; copy the file itself there")
    return load_pretrained(path.stem, device, path.parent)


def load_bytes(files: Mapping[str, bytes], device: torch.device) -> Pretrained:
    """Load a model from files in memory, after the checks of `load_own`.

    Args:
        files: contents by name: NAME.toml, NAME.safetensors and, if its card names it,
            NAME.calibration.safetensors.
        device: where the model goes.

    Raises:
        ValueError: where files are missing or too many, too large, or do not fit each other.
    """
    cards = [name for name in files if name.endswith(_CARD)]
    stem = cards[0].removesuffix(_CARD) if len(cards) == 1 else ""
    largest = {_CARD: LARGEST_CARD, WEIGHTS: LARGEST_BYTES, CALIBRATION: LARGEST_CALIBRATION}
    allowed = {stem + ending: size for ending, size in largest.items()}
    if not stem or stem + WEIGHTS not in files or not allowed.keys() >= files.keys():
        raise ValueError(
            f"{', '.join(sorted(files)) or 'nothing'} is no model: bring one card NAME{_CARD}, its weights "
            f"NAME{WEIGHTS} and, if it has one, NAME{CALIBRATION}"
        )
    for name, content in files.items():
        if len(content) > allowed[name]:
            limit = f"{allowed[name] // 2**10} KiB"
            raise ValueError(f"{name} is larger than {limit}, which none here is; {REMEDY}")
    card = parse_card(stem, files[stem + _CARD])
    return assemble(card, files[stem + WEIGHTS], files.get(stem + CALIBRATION), device)


def _content(path: Path, largest: int) -> bytes:
    what = "calibration" if path.name.endswith(CALIBRATION) else "weights"
    if not path.is_file():
        raise ValueError(f"the {what} {path.name} are missing beside their card; {REMEDY}")
    if path.stat().st_size > largest:
        raise ValueError(f"{path.name} is larger than {largest // 2**20} MiB, which none here is; {REMEDY}")
    return path.read_bytes()
