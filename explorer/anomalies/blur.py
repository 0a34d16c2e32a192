"""A region out of focus: edges and grain lost, the mean kept.

Imitates motion, partial volume, or tissues that can no longer be told apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from explorer.anomalies import ANOMALIES
from explorer.anomalies.base import Anomaly, size_setting, strength_setting
from explorer.anomalies.params import Params
from explorer.anomalies.shape.region import Region
from explorer.anomalies.shape.smoothing import smooth
from explorer.contracts import Slice


@ANOMALIES.register("blur")
@dataclass(frozen=True)
class BlurredPatch(Anomaly):
    """Smooths with a Gaussian of sigma = strength * width / 16 pixels: at strength 1, 8 of 128."""

    summary: ClassVar[str] = "a region out of focus: edges and grain are lost, the mean stays"
    formula: ClassVar[str] = "G_σ * x, σ = strength · width / 16"

    strength: float = strength_setting(0.5, "sigma of the Gaussian, in sixteenths of the image's width")
    size: float = size_setting(0.25)

    def alter(self, slice: Slice, region: Region, params: Params, donor: Slice | None) -> Tensor:
        return smooth(slice.image, params.strength * slice.image.shape[1] / 16)
