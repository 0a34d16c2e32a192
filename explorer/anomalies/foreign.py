"""A patch of another slice, blended in at the same place.

Tan, Hou, Batten, Qiu and Kainz (2020), Detecting outliers with foreign patch interpolation, arXiv 2011.04197:
x' = (1 - alpha) * x + alpha * donor within the patch.

Differs from the paper: the patch may be a disc or a blob, its edge is one pixel soft, and only foreground
changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from explorer.anomalies import ANOMALIES
from explorer.anomalies.base import Anomaly, shape_setting, size_setting, strength_setting
from explorer.anomalies.params import Params, Shape
from explorer.anomalies.shape.region import Region
from explorer.contracts import Slice


@ANOMALIES.register("foreign")
@dataclass(frozen=True)
class ForeignPatch(Anomaly):
    """`(1 - strength) * x + strength * donor`; strength is the paper's alpha."""

    summary: ClassVar[str] = "a patch of another image blended in at the same place"
    formula: ClassVar[str] = "(1 − strength) x + strength · the other image"

    needs_donor: ClassVar[bool] = True

    strength: float = strength_setting(0.8, "share of the foreign patch; at 1 nothing else is left")
    size: float = size_setting(0.25)
    shape: Shape = shape_setting("square")

    def alter(self, slice: Slice, region: Region, params: Params, donor: Slice | None) -> Tensor:
        if donor is None:
            raise ValueError("anomaly 'foreign' needs a donor, got none; give another slice as donor")
        if donor.image.shape != slice.image.shape:
            wanted, given = tuple(slice.image.shape), tuple(donor.image.shape)
            raise ValueError(
                f"donor must be of the slice's size {wanted}, got {given}; choose a slice of the same dataset"
            )
        return torch.lerp(slice.image, donor.image, params.strength)
