"""What a family of models says of itself: the network, its evidence, and how it is trained."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from explorer.contracts import Batch
from explorer.evidence import Evidence
from explorer.registry import Registry
from explorer.settings import NoSettings, check_settings, setting


@dataclass(frozen=True, eq=False)
class Loss:
    """The loss of a batch, scalars: `descended` has a gradient, `shown` is for people."""

    descended: Tensor
    shown: Tensor


class Objective(ABC):
    """A loss with what it remembers from step to step.

    Attributes:
        model: the whole network; only parameters that require a gradient are trained.
    """

    model: nn.Module

    @abstractmethod
    def loss(self, x: Tensor, generator: torch.Generator) -> Loss:
        """The loss of images (B, 1, H, W); all randomness comes from `generator`."""

    def of_batch(self, batch: Batch, generator: torch.Generator) -> Loss:
        """The same for a batch; families that ask what is known of images say here what they do with it."""
        return self.loss(batch.images, generator)

    def pace(self, name: str) -> float:
        """How many times faster than the recipe's learning rate the parameter of this name learns."""
        return 1.0

    def state(self) -> dict[str, Tensor]:
        """What is remembered, by name, for a checkpoint."""
        return {}

    def load(self, state: Mapping[str, Tensor]) -> None:  # noqa: B027  there may be nothing to remember
        """Take up what `state` gave; other names are passed over."""


@dataclass(frozen=True)
class Share:
    """How long and how fast a stage of a training learns."""

    samples: int = setting(MISSING, "images seen", minimum=1)
    batch_size: int = setting(MISSING, "images a step", minimum=1, maximum=4096)
    learning_rate: float = setting(
        MISSING, "of Adam, at its peak; warmed up over 2 % of the steps, then a cosine to 1 %", minimum=1e-12
    )

    def __post_init__(self) -> None:
        check_settings(self)

    @property
    def steps(self) -> int:
        """Optimiser steps in all."""
        return max(self.samples // self.batch_size, 1)


@dataclass(frozen=True)
class Stage:
    """One stage of a training.

    Attributes:
        objective: made when the stage begins.
        name: added to that of the recipe, or empty.
        share: in place of the recipe's own, or None.
    """

    objective: Callable[[], Objective]
    name: str = ""
    share: Share | None = None


class Network(nn.Module, ABC):
    """A model of healthy images, and all that there is to say of its family; satisfies `Model`.

    The constructor takes what stands under `[model]` in cards and recipes. It raises ValueError where sizes
    do not fit.

    Attributes:
        evidence: what it says of images.
        training_settings: a dataclass of settings, which a recipe gives under `[training]`.
        example: constructor's settings of a network that is small enough to try out, and is tested.
        parts: which module takes the settings that stand in a table of their own, by the table's name.
        image_size: height and width of its images, pixels.
        s: standard deviation of p(x|.).
        beta_range: smallest and largest training beta; (1, 1) where it knows none.
    """

    evidence: ClassVar[type[Evidence]]
    training_settings: ClassVar[type[Any]] = NoSettings
    example: ClassVar[Mapping[str, Any]]
    parts: ClassVar[Mapping[str, type[nn.Module]]] = {}
    image_size: int
    s: float
    beta_range: tuple[float, float]

    @abstractmethod
    def stages(self, settings: Any) -> Sequence[Stage]:
        """How it is trained, stage by stage, under `training_settings`."""

    @classmethod
    def at_one_beta(cls, settings: Mapping[str, Any], beta: float) -> dict[str, Any]:
        """The settings of the same network for a single training beta, above 0.

        Raises:
            ValueError: where the family knows no beta.
        """
        raise ValueError(f"beta must be left out for {cls.__name__}, which knows none; got {beta:g}")

    @classmethod
    def without_additions(cls, settings: Mapping[str, Any]) -> dict[str, Any]:
        """The settings without those of parts that begin as nothing, with all weights 0.

        A training may start from a network that lacks these parts.
        """
        return dict(settings)

    @classmethod
    def trained_against(cls, settings: Any) -> Mapping[str, str]:
        """Families of anomalies that look like something that training removes, each with what it is.

        Figures on these flatter the model. `settings` are of the type `training_settings`.
        """
        return {}


MODELS: Registry[type[Network]] = Registry("model kind", "explorer.models")
"""By the `kind` that cards and recipes name."""
