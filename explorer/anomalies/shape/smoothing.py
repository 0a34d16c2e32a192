"""Gaussian smoothing that leaves constants as they are, up to the border of the image."""

from __future__ import annotations

import torch
from torch import Tensor

REACH = 4.0
"""In sigma. Beyond it the weights no longer count, and numbers that small slow the arithmetic down."""


def smooth(image: Tensor, sigma: float) -> Tensor:
    """Convolve with a Gaussian whose weights are renormalised where it reaches over the border.

    Args:
        image: (H, W), float32.
        sigma: standard deviation in pixels, above 0.

    Returns:
        The smoothed image, (H, W).
    """
    rows, columns = image.shape
    down = _gaussian_matrix(rows, sigma)
    across = down if rows == columns else _gaussian_matrix(columns, sigma)
    return down @ image @ across.T


def _gaussian_matrix(length: int, sigma: float) -> Tensor:
    """Weights (length, length) that smooth a signal of this length; every row sums to 1."""
    positions = torch.arange(length, dtype=torch.float32)
    distance = ((positions[:, None] - positions[None, :]).abs() / sigma).clamp_max(REACH)
    weights = torch.exp(-0.5 * distance.square()) * (distance < REACH)
    return weights / weights.sum(1, keepdim=True)
