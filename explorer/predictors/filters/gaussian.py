"""G, the smoothing of gradient maps: a 7x7 Gaussian of sigma 3 pixels.

Zimmerer, Isensee, Petersen, Kohl and Maier-Hein, 2019, arXiv 1907.02796, smooth their gradient maps so.
*Differs from their code*: that pads with zeros, which darkens the rim; here the image is reflected about the
centres of its outermost pixels (torch's `reflect`, SciPy's `mirror`).
"""

from __future__ import annotations

import math

import torch.nn.functional as F
from torch import Tensor

SIGMA = 3.0
"""Standard deviation, pixels."""

RADIUS = 3
"""Reach to either side, pixels."""

_RAW = [math.exp(-0.5 * (distance / SIGMA) ** 2) for distance in range(RADIUS + 1)]
_WEIGHTS = [weight / (_RAW[0] + 2 * sum(_RAW[1:])) for weight in _RAW]
"""Of the centre and of each distance; over all 7 taps they sum to 1."""


def smooth(maps: Tensor) -> Tensor:
    """Convolve maps, (B, 1, H, W) with H and W above 3, with G."""
    return _along(3, _along(2, maps))


def _along(axis: int, maps: Tensor) -> Tensor:
    """Convolve with the Gaussian along one axis; sums of shifted maps are faster than a convolution here."""
    border = (0, 0, RADIUS, RADIUS) if axis == 2 else (RADIUS, RADIUS, 0, 0)
    padded = F.pad(maps, border, mode="reflect")
    length = maps.shape[axis]
    total = padded.narrow(axis, RADIUS, length) * _WEIGHTS[0]
    for distance in range(1, RADIUS + 1):
        before = padded.narrow(axis, RADIUS - distance, length)
        after = padded.narrow(axis, RADIUS + distance, length)
        total.add_(before + after, alpha=_WEIGHTS[distance])
    return total
