"""Tissue drawn together to a point (sink) or pushed away from it (source).

Imitates atrophy and mass effect. Meissen, Wiestler, Kaissis and Rueckert (2022), On the pitfalls of using the
residual error as anomaly score, arXiv 2202.03826 (formulas from its code), and earlier entries to the MOOD
challenge. With the centre C and the outline at radius r, the pixel at I takes the value that stood at

    sink:      I + (1 - s) (I - C)
    source:    I - (1 - s) (I - C) = C + s (I - C)        s = (|I - C| / r)^2

Differs from the paper: (1 - s) is multiplied by the strength, values are interpolated instead of taken from
the nearest pixel, and r follows the region's outline.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import torch
from torch import Tensor
from torch.nn.functional import grid_sample

from explorer.anomalies import ANOMALIES
from explorer.anomalies.base import Anomaly, size_setting, strength_setting
from explorer.anomalies.params import Params, Sign
from explorer.anomalies.shape.region import Region
from explorer.contracts import Slice
from explorer.settings import setting


@ANOMALIES.register("deformation")
@dataclass(frozen=True)
class LocalDeformation(Anomaly):
    """Moves tissue along the radius, most half-way to the outline and not at all on it."""

    summary: ClassVar[str] = "tissue drawn together to a point (sink) or pushed away from it (source)"
    formula: ClassVar[str] = "x at I ± strength (1 − s) (I − C), s = (|I − C| / r)²"

    strength: float = strength_setting(0.8, "displacement; 1 is the sink or source of the paper")
    size: float = size_setting(0.3)
    flow: Literal["drawn", "sink", "source"] = setting(
        "drawn",
        "whether tissue moves to the centre (sink) or away (source)",
        choices=("drawn", "sink", "source"),
    )

    def sign_of(self, drawn: Sign) -> Sign:
        if self.flow == "drawn":
            return drawn
        return 1 if self.flow == "source" else -1

    def alter(self, slice: Slice, region: Region, params: Params, donor: Slice | None) -> Tensor:
        rows, columns = slice.image.shape
        stretch = params.sign * params.strength * (1 - region.relative.square()).clamp_min(0)
        # Displacements from the pixels themselves, not from the centre: they are exact where nothing moves.
        row = torch.arange(rows, dtype=torch.float32)[:, None] - stretch * region.down
        column = torch.arange(columns, dtype=torch.float32)[None, :] - stretch * region.right
        grid = torch.stack((2 * column / max(columns - 1, 1) - 1, 2 * row / max(rows - 1, 1) - 1), dim=-1)
        sampled = grid_sample(
            slice.image[None, None], grid[None], mode="bilinear", padding_mode="border", align_corners=True
        )
        return sampled[0, 0]
