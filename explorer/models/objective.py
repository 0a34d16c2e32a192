"""What a training descends: the one part of the loop that knows the kind of model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor, nn


@dataclass(frozen=True, eq=False)
class Loss:
    """The loss of a batch, scalars: `descended` has a gradient, `shown` is for people."""

    descended: Tensor
    shown: Tensor


class Objective(Protocol):
    """A loss with what it remembers from step to step.

    Attributes:
        model: the whole network; only parameters that require a gradient are trained.
    """

    @property
    def model(self) -> nn.Module: ...

    def loss(self, x: Tensor, generator: torch.Generator) -> Loss:
        """The loss of images (B, 1, H, W); all randomness comes from `generator`."""
        ...

    def state(self) -> dict[str, Tensor]:
        """What is remembered, by name, for a checkpoint."""
        ...

    def load(self, state: Mapping[str, Tensor]) -> None:
        """Take up what `state` gave; other names are passed over."""
        ...
