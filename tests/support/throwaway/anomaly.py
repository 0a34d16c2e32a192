"""A hole, as an anomaly to be thrown away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from explorer.anomalies import ANOMALIES
from explorer.anomalies.base import Anomaly, strength_setting
from explorer.anomalies.params import Params
from explorer.anomalies.shape.region import Region
from explorer.contracts import Slice


@ANOMALIES.register("a-throwaway")
@dataclass(frozen=True)
class Hole(Anomaly):
    """`(1 - strength) * x`."""

    summary: ClassVar[str] = "a region made darker, down to nothing"
    formula: ClassVar[str] = "(1 − strength) x"

    strength: float = strength_setting(1.0, "share of the intensity that is taken away")

    def alter(self, slice: Slice, region: Region, params: Params, donor: Slice | None) -> Tensor:
        return (1 - params.strength) * slice.image
