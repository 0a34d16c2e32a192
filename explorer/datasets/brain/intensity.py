"""The range of intensities that the brain models know, the same in training, cohort and scans.

The median of a brain lies at 0.45. Up to `KNEE` intensities are linear; above it they are compressed, so that
fluid on T2 and enhancing tissue, several times as bright as the median, never saturate.
"""

from __future__ import annotations

import torch
from torch import Tensor

MEDIAN = 0.45
"""Median of a brain."""

KNEE = 0.7
"""Where compression begins."""


def compress(values: Tensor) -> Tensor:
    """v up to the knee k, above it k + (1 - k) (1 - exp(-(v - k) / (1 - k))): smooth, increasing, below 1.

    Args:
        values: intensities whose brain has a median of 0.45; below 0 they become 0.

    Returns:
        Intensities in [0, 1], same shape and dtype.

    >>> compress(torch.tensor([-1, 0.45, 0.7, 1, 1.6], dtype=torch.float64)).numpy().round(3).tolist()
    [0.0, 0.45, 0.7, 0.89, 0.985]
    """
    room = 1 - KNEE
    above = (values - KNEE).clamp(min=0)
    return values.clamp(0, KNEE) - room * torch.expm1(-above / room)
