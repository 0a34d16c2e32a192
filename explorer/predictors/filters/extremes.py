"""Minimum, maximum and mean filters of maps.

Naval Marimont and Tarroni, 2020, arXiv 2012.06765, apply a minimum and a mean filter to score maps of volumes
(3x3x3 and 3x7x7); slices alone are filtered in their plane (3x3 and 7x7). At the rim all take what lies
inside the image, and in volumes what was scored.
"""

from __future__ import annotations

import math

import torch.nn.functional as F
from torch import Tensor


def minimum_filter(maps: Tensor, size: int = 3) -> Tensor:
    """The smallest value within `size` x `size` pixels (odd), (B, 1, H, W)."""
    return -maximum_filter(-maps, size)


def maximum_filter(maps: Tensor, size: int = 3) -> Tensor:
    """The largest value within `size` x `size` pixels (odd), (B, 1, H, W)."""
    return F.max_pool2d(maps, size, stride=1, padding=size // 2)


def mean_filter(maps: Tensor, size: int = 7) -> Tensor:
    """The mean within `size` x `size` pixels (odd), (B, 1, H, W)."""
    return F.avg_pool2d(maps, size, stride=1, padding=size // 2, count_include_pad=False)


def minimum_filter_3d(maps: Tensor, size: int = 3, slices: int = 3) -> Tensor:
    """The smallest value within `slices` x `size` x `size` (odd) of the slices of a volume, (N, 1, H, W).

    NaN stays NaN and is nobody's neighbour.
    """
    scored = ~maps.isnan()
    shown = maps.masked_fill(~scored, math.inf)
    reach = (slices // 2, size // 2, size // 2)
    found = -F.max_pool3d(-_volume(shown), (slices, size, size), 1, reach)
    return _slices(found).masked_fill(~scored, math.nan)


def mean_filter_3d(maps: Tensor, size: int = 7, slices: int = 3) -> Tensor:
    """The mean within `slices` x `size` x `size`, as `minimum_filter_3d`."""
    scored = ~maps.isnan()
    ends = (0, 0, 0, 0, slices // 2, slices // 2)  # avg_pool3d pads no volume thinner than its window
    total, count = (
        F.avg_pool3d(F.pad(_volume(part), ends), (slices, size, size), 1, (0, size // 2, size // 2))
        for part in (maps.masked_fill(~scored, 0), scored.to(maps))
    )
    return _slices(total / count).masked_fill(~scored, math.nan)


def _volume(maps: Tensor) -> Tensor:
    """(N, 1, H, W) -> (1, 1, N, H, W)"""
    return maps[:, 0][None, None]


def _slices(volume: Tensor) -> Tensor:
    """(1, 1, N, H, W) -> (N, 1, H, W)"""
    return volume[0].transpose(0, 1)
