"""A linear ramp of intensity across a region: darker on one side, brighter on the other, its mean kept.

Imitates a local bias field or shading.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from explorer.anomalies import ANOMALIES
from explorer.anomalies.base import Anomaly, size_setting, strength_setting
from explorer.anomalies.params import Params
from explorer.anomalies.shape.region import Region
from explorer.contracts import Slice


@ANOMALIES.register("ramp")
@dataclass(frozen=True)
class IntensityRamp(Anomaly):
    """Adds `strength * u / r`, u being the pixels from the centre along the drawn direction, r the radius."""

    summary: ClassVar[str] = "darker on one side of a region, brighter on the other, its mean kept"
    formula: ClassVar[str] = "x + strength · u / r, u the distance along a direction, r the radius"

    strength: float = strength_setting(0.3, "intensity added at one end and taken away at the other")
    size: float = size_setting(0.25)

    def alter(self, slice: Slice, region: Region, params: Params, donor: Slice | None) -> Tensor:
        along = math.cos(params.direction) * region.right + math.sin(params.direction) * region.down
        return slice.image + params.strength * along / region.radius
