"""No anomaly: the healthy slice, to see what a predictor says where nothing is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from explorer.anomalies import ANOMALIES
from explorer.anomalies.base import Anomaly
from explorer.anomalies.params import Params, Shape
from explorer.anomalies.shape.region import Region
from explorer.contracts import Slice


@ANOMALIES.register("none")
@dataclass(frozen=True)
class NoAnomaly(Anomaly):
    """Leaves every slice as it is; the common settings are accepted and without effect."""

    summary: ClassVar[str] = "nothing is planted"
    formula: ClassVar[str] = "x"

    plants: ClassVar[bool] = False
    placeable: ClassVar[bool] = False

    # Declared again without a description, so that no control is offered for them.
    strength: float = 0.0
    size: float = 0.15
    x: float | None = None
    y: float | None = None
    shape: Shape = "disc"
    painted: str = ""

    def alter(self, slice: Slice, region: Region, params: Params, donor: Slice | None) -> Tensor:
        return slice.image
