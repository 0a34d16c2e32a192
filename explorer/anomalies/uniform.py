"""A patch blended towards one constant: structure lost, and a mean that is not its neighbours'.

Imitates a signal void, an implant or a saturated spot.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from explorer.anomalies import ANOMALIES
from explorer.anomalies.base import Anomaly, strength_setting
from explorer.anomalies.params import Params
from explorer.anomalies.shape.region import Region
from explorer.contracts import Slice

SMALLEST_CONTRAST = 0.25
"""The constant keeps this distance to the patch's mean; nearer ones would often leave nothing to see."""


@ANOMALIES.register("uniform")
@dataclass(frozen=True)
class UniformPatch(Anomaly):
    """`(1 - strength) * x + strength * constant`, with a constant drawn away from the patch's mean."""

    summary: ClassVar[str] = "a patch blended towards one constant, its structure lost"
    formula: ClassVar[str] = "(1 − strength) x + strength · constant"

    strength: float = strength_setting(0.5, "share of the constant; at 1 nothing else is left")

    def alter(self, slice: Slice, region: Region, params: Params, donor: Slice | None) -> Tensor:
        mean = float((region.weight * slice.image).sum() / region.weight.sum())
        constant = torch.full_like(slice.image, constant_away_from(mean, params.choice))
        return torch.lerp(slice.image, constant, params.strength)


def constant_away_from(mean: float, choice: float) -> float:
    """A constant in [0, 1], uniform in `choice` over all that differ enough from `mean`.

    >>> constant_away_from(0.5, 0.0), constant_away_from(0.5, 0.5), constant_away_from(1.0, 0.5)
    (0.0, 0.75, 0.375)
    """
    below = max(mean - SMALLEST_CONTRAST, 0.0)
    above = max(1.0 - mean - SMALLEST_CONTRAST, 0.0)
    along = choice * (below + above)
    return along if along < below else mean + SMALLEST_CONTRAST + along - below
