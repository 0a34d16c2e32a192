"""A region filled with another part of the same slice: every pixel plausible, in the wrong place.

Imitates duplicated or misplaced structure; the intensities are the slice's own, so only context gives it
away.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from explorer.anomalies import ANOMALIES
from explorer.anomalies.base import Anomaly, shape_setting, strength_setting
from explorer.anomalies.params import Params, Shape
from explorer.anomalies.shape.region import Region, pick, pixels_where_it_fits
from explorer.contracts import Slice


@ANOMALIES.register("copy")
@dataclass(frozen=True)
class CopiedPatch(Anomaly):
    """`(1 - strength) * x + strength * x moved`, moved by whole pixels from elsewhere in the foreground."""

    summary: ClassVar[str] = (
        "another part of the same image laid over a region: plausible pixels in the wrong place"
    )
    formula: ClassVar[str] = "(1 − strength) x + strength · x moved"

    strength: float = strength_setting(0.8, "share of the copy; at 1 nothing else is left")
    shape: Shape = shape_setting("square")

    def alter(self, slice: Slice, region: Region, params: Params, donor: Slice | None) -> Tensor:
        down, right = offset(slice.foreground, region, params)
        return torch.lerp(slice.image, moved(slice.image, down, right), params.strength)


def offset(foreground: Tensor, region: Region, params: Params) -> tuple[int, int]:
    """Rows and columns from the region to the part that is copied into it.

    That part does not overlap the region, or as little as the foreground allows.
    """
    candidates = pixels_where_it_fits(foreground, params.size)
    centre = torch.tensor([-float(region.down[0, 0]), -float(region.right[0, 0])]).round().long()
    offsets = candidates - centre
    distance = offsets.abs().amax(1)
    apart = distance >= distance.max().clamp(max=2 * region.radius)
    down, right = pick(offsets[apart], params.choice).tolist()
    return down, right


def moved(image: Tensor, down: int, right: int) -> Tensor:
    """The image (H, W) read `down` rows and `right` columns further on; the border is repeated."""
    rows = (torch.arange(image.shape[0]) + down).clamp(0, image.shape[0] - 1)
    columns = (torch.arange(image.shape[1]) + right).clamp(0, image.shape[1] - 1)
    return image[rows][:, columns]
