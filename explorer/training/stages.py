"""The stages of a training, by the kind of model: a VQ-VAE comes first, then the prior over its codes."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from explorer.models.beta_vae.objective import ElboObjective
from explorer.models.objective import Objective
from explorer.models.vq_vae.objectives import CodesObjective, PriorObjective
from explorer.training.recipe import Recipe


@dataclass(frozen=True)
class Stage:
    """One stage.

    Attributes:
        objective: made for the model when the stage begins.
        recipe: samples, batch size and learning rate of this stage; its name is that of the checkpoint.
    """

    objective: Callable[[Any], Objective]
    recipe: Recipe


def stages_of(recipe: Recipe) -> Sequence[Stage]:
    """The stages in their order; raises ValueError where nothing is known of how to train the kind."""
    if recipe.kind == "beta-vae":
        return [Stage(lambda model: ElboObjective(model, recipe.beta_lean), recipe)]
    if recipe.kind == "vq-vae":
        second = dataclasses.replace(recipe, name=f"{recipe.name}.prior", **recipe.prior)
        return [Stage(CodesObjective, recipe), Stage(PriorObjective, second)]
    raise ValueError(f"kind of a recipe must be beta-vae or vq-vae, got {recipe.kind!r}")
