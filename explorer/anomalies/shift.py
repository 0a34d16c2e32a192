"""A region whose intensities are all raised or lowered by the same amount, its structure kept.

Imitates tissue of abnormal contrast whose fine structure survives.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from torch import Tensor

from explorer.anomalies import ANOMALIES
from explorer.anomalies.base import Anomaly, strength_setting
from explorer.anomalies.params import Params, Sign
from explorer.anomalies.shape.region import Region
from explorer.contracts import Slice
from explorer.settings import setting


@ANOMALIES.register("shift")
@dataclass(frozen=True)
class IntensityShift(Anomaly):
    """Adds `sign * strength` throughout the region, up to its edge."""

    summary: ClassVar[str] = "a region made brighter or darker throughout, its structure kept"
    formula: ClassVar[str] = "x ± strength"

    strength: float = strength_setting(0.2, "intensity that is added or taken away")
    sign: Literal["drawn", "brighter", "darker"] = setting(
        "drawn", "which way the intensity is shifted", choices=("drawn", "brighter", "darker")
    )

    def sign_of(self, drawn: Sign) -> Sign:
        if self.sign == "drawn":
            return drawn
        return 1 if self.sign == "brighter" else -1

    def alter(self, slice: Slice, region: Region, params: Params, donor: Slice | None) -> Tensor:
        return slice.image + params.sign * params.strength
