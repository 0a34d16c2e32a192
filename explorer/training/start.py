"""The start of a training from the weights of another, instead of fresh ones."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from explorer.cards import Pretrained, load_own, load_pretrained
from explorer.cards.catalogue import MODEL_FILES
from explorer.models import MODELS, Network
from explorer.training.recipe import Recipe


def take_start(model: Network, recipe: Recipe) -> Recipe:
    """Give `model` the weights that the recipe starts from, in place.

    Any kind of model will do whose settings and tensors are the same, save additions that begin as nothing.

    Returns:
        The recipe with name and hash of the weights, and without the path of a folder.

    Raises:
        ValueError: where there is no such model, or its weights are others than the recipe asks for or do
            not fit.
    """
    if not recipe.start:
        return recipe
    found = _load(recipe.start)
    card = found.card
    if recipe.start_sha256 not in ("", card.sha256):
        raise _refused(recipe, f"the sha256 of its weights is {card.sha256}, not {recipe.start_sha256}")
    own, theirs = _settings(recipe.kind, recipe.model), _settings(card.kind, card.model)
    for name in sorted(own.keys() | theirs.keys()):
        if own.get(name) != theirs.get(name):
            raise _refused(recipe, f"{name} is {theirs.get(name)} there and {own.get(name)} here")
    weights = found.model.state_dict()  # type: ignore[attr-defined]
    fresh = {name: value for name, value in model.state_dict().items() if name in weights or value.any()}
    shapes = [{name: value.shape for name, value in part.items()} for part in (fresh, weights)]
    if shapes[0] != shapes[1]:
        first = sorted(name for name, _ in shapes[0].items() ^ shapes[1].items())[0]
        raise _refused(recipe, f"a {card.kind} has other tensors than a {recipe.kind} (first: {first})")
    model.load_state_dict(weights, strict=False)
    return dataclasses.replace(recipe, start=card.name, start_sha256=card.sha256)


def _load(start: str) -> Pretrained:
    cpu = torch.device("cpu")
    if start.endswith(MODEL_FILES):
        return load_own(Path(start), cpu)
    return load_pretrained(start, cpu, calibrated=False)


def _settings(kind: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """All settings of a network, with those that are left to their defaults and without additions."""
    bound = inspect.signature(MODELS[kind]).bind(**given)
    bound.apply_defaults()
    return MODELS[kind].without_additions(bound.arguments)


def _refused(recipe: Recipe, what: str) -> ValueError:
    return ValueError(
        f"recipe {recipe.name} cannot start from {recipe.start}: {what}; give it the settings and weights of "
        "that model, or leave start out for fresh weights"
    )
