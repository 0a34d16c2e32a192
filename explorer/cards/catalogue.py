"""Models by their names: what lies in a folder, what fits a dataset, and from a name to a loaded model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import torch

from explorer.cards.card import LARGEST_CARD, REMEDY, Card, parse_card, read_card
from explorer.cards.weights import (
    CALIBRATION,
    CARD,
    LARGEST_BYTES,
    LARGEST_CALIBRATION,
    WEIGHTS,
    Pretrained,
    assemble,
    calibration_remedy,
)
from explorer.datasets import reference_of
from explorer.foreign import short
from explorer.models import MODELS

FOLDER = Path(__file__).parents[2] / "pretrained"
"""The shipped models."""

MODEL_FILES = (CARD, WEIGHTS)
"""Endings of the paths by which a model outside that folder is named."""


def model_names(folder: Path | None = None) -> tuple[str, ...]:
    """Names of the models that have a card in `folder`, in alphabetical order; None: the shipped models."""
    return tuple(sorted(path.stem for path in (folder or FOLDER).glob(f"*{CARD}")))


def card_of(name: str, folder: Path | None = None) -> Card:
    """The card of the model called `name`; ValueError where there is none, or it cannot be read."""
    folder = folder or FOLDER
    if name not in model_names(folder):
        known = ", ".join(model_names(folder)) or "none"
        raise ValueError(f"unknown model {name!r}; known: {known}; {REMEDY}")
    path = folder / (name + CARD)
    try:
        changed = path.stat()
    except OSError as error:
        raise ValueError(f"card {path.name} cannot be read: {error.strerror}; {REMEDY}") from None
    return _read(path, changed.st_mtime_ns, changed.st_size)


@lru_cache(maxsize=64)
def _read(path: Path, changed_ns: int, size: int) -> Card:
    return read_card(path)


def models_for(dataset: str, folder: Path | None = None) -> tuple[str, ...]:
    """Names of the models for a dataset, e.g. `brain/flair`; cards that cannot be read are passed over.

    Where its images are like those of another dataset, its models are the other's; see `reference_of`.
    """
    return tuple(_kinds_for(dataset, folder))


def model_called(name: str, dataset: str, folder: Path | None = None) -> str:
    """The model that a person means: a model's own name, or a kind.

    A kind stands for the dataset's model of that kind: the one called `KIND-FAMILY`, or else the first in the
    alphabet. Where the former's card cannot be read it is still the one that is meant, so that its fault is
    told and no other model takes its place unseen.

    Raises:
        ValueError: listing the models for this dataset.
    """
    if name in model_names(folder):
        return name
    usual = f"{name}-{_family(dataset)}"
    if usual in model_names(folder) and _readable(usual, folder) is None:
        return usual
    kinds = _kinds_for(dataset, folder)
    of_kind = [found for found, kind in kinds.items() if kind == name]
    if not of_kind:
        known = f"for {dataset}; known: {', '.join(kinds) or 'none'}"
        if name in MODELS:
            raise ValueError(f"no model of kind {name}, as {usual} would be, {known}; {REMEDY}")
        raise ValueError(f"unknown model {name!r} {known}")
    return usual if usual in of_kind else of_kind[0]


def _kinds_for(dataset: str, folder: Path | None) -> dict[str, str]:
    """Kinds of the models for a dataset, by name."""
    cards = [card for name in model_names(folder) if (card := _readable(name, folder)) is not None]
    fitting = reference_of(dataset), _family(dataset)
    return {card.name: card.kind for card in cards if card.dataset in fitting}


def _readable(name: str, folder: Path | None) -> Card | None:
    """A card, or None where it cannot be read, which `load_pretrained` says when it is asked for."""
    try:
        return card_of(name, folder)
    except ValueError:
        return None


def _family(dataset: str) -> str:
    """The family whose models fit a dataset."""
    return reference_of(dataset).partition("/")[0]


def load_pretrained(
    name: str, device: torch.device, folder: Path | None = None, *, calibrated: bool = True
) -> Pretrained:
    """Load a model by name onto a device.

    Args:
        name: of the model.
        device: where it goes.
        folder: where its files are; None: the shipped models.
        calibrated: False leaves its calibration aside, for the command that makes a lost one anew.

    Raises:
        ValueError: if the name is unknown, or a file is missing, damaged or does not fit the others.
    """
    folder = folder or FOLDER
    card = card_of(name, folder)
    if not calibrated:
        card = replace(card, calibration_sha256="")
    weights, healthy = folder / (name + WEIGHTS), folder / (name + CALIBRATION)
    if not weights.is_file():
        raise ValueError(f"the weights {weights.name} are missing beside their card; {REMEDY}")
    calibration = None
    if card.calibration_sha256 and healthy.is_file():
        calibration = _content(healthy, LARGEST_CALIBRATION, calibration_remedy(name))
    return assemble(card, _content(weights, LARGEST_BYTES, REMEDY), calibration, device)


def load_own(path: Path, device: torch.device) -> Pretrained:
    """Load a model from any folder by the path of its card or of its weights, which lie side by side.

    Raises:
        ValueError: as `load_pretrained`, and where a file is a link out of that folder.
    """
    path = path.absolute()
    for ending in (CARD, WEIGHTS, CALIBRATION):
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
    cards = [name for name in files if name.endswith(CARD)]
    stem = cards[0].removesuffix(CARD) if len(cards) == 1 else ""
    largest = {CARD: LARGEST_CARD, WEIGHTS: LARGEST_BYTES, CALIBRATION: LARGEST_CALIBRATION}
    allowed = {stem + ending: size for ending, size in largest.items()}
    if not stem or stem + WEIGHTS not in files or not allowed.keys() >= files.keys():
        raise ValueError(
            f"{short(', '.join(sorted(files))) or 'what was added'} is no model: bring one card NAME{CARD}, "
            f"its weights NAME{WEIGHTS} and, if it has one, NAME{CALIBRATION}"
        )
    for name, content in files.items():
        if len(content) > allowed[name]:
            limit = f"{allowed[name] // 2**10} KiB"
            raise ValueError(f"{name} is larger than {limit}, which none here is; {REMEDY}")
    card = parse_card(stem, files[stem + CARD])
    return assemble(card, files[stem + WEIGHTS], files.get(stem + CALIBRATION), device)


def _content(path: Path, largest: int, remedy: str) -> bytes:
    try:
        if path.stat().st_size > largest:
            limit = f"{largest // 2**20} MiB"
            raise ValueError(f"{path.name} is larger than {limit}, which none here is; {remedy}")
        return path.read_bytes()
    except OSError as error:
        raise ValueError(f"{path.name} cannot be read: {error.strerror}; {remedy}") from None
