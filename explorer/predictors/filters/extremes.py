"""Minimum, maximum and mean filters of maps.

Naval Marimont and Tarroni, 2020, arXiv 2012.06765, apply a minimum and a mean filter to score maps.
*Differs from their code*, which filters volumes (3x3x3 and 3x7x7); here slices are filtered (3x3 and 7x7). At
the rim all take what lies inside the image.
"""

from __future__ import annotations

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
