"""A smooth blob of irregular outline, brighter or darker than the tissue around it.

Imitates focal lesions: bright ones as in FLAIR (multiple sclerosis, oedema), dark ones as in T1. A plain
intensity threshold finds bright lesions well: Meissen, Kaissis and Rueckert (2021), Challenging current
semi-supervised anomaly segmentation methods for brain MRI, arXiv 2109.06023.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from torch import Tensor

from explorer.anomalies import ANOMALIES
from explorer.anomalies.base import Anomaly, shape_setting, strength_setting
from explorer.anomalies.params import Params, Shape, Sign
from explorer.anomalies.shape.region import Region
from explorer.contracts import Slice
from explorer.settings import setting


@ANOMALIES.register("lesion")
@dataclass(frozen=True)
class Lesion(Anomaly):
    """Adds `sign * strength` in the middle, falling smoothly to zero across the edge."""

    summary: ClassVar[str] = "a smooth blob, brighter or darker than the tissue around it"
    formula: ClassVar[str] = "x ± strength, falling to 0 across the edge"

    softness: ClassVar[float] = 0.6

    strength: float = strength_setting(0.3, "contrast that the lesion adds")
    shape: Shape = shape_setting("blob")
    sign: Literal["brighter", "darker"] = setting(
        "brighter", "against the tissue around it", choices=("brighter", "darker")
    )

    def sign_of(self, drawn: Sign) -> Sign:
        return 1 if self.sign == "brighter" else -1

    def alter(self, slice: Slice, region: Region, params: Params, donor: Slice | None) -> Tensor:
        return slice.image + params.sign * params.strength
