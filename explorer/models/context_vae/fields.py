"""Smooth random fields over an image, and the irregular patches that are their level sets.

A field is a sum of bumps or hats on a square grid, which two small matrix products draw.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

KNOTS = 16
"""On a side of the grid of a field."""

REACH = 2.5
"""Of the grid of a patch, in radii from its centre."""

FAR = 4.0
"""In radii: beyond, all is as there, so that no number becomes so small that it slows the arithmetic down."""

RAGGED = 0.8
"""Standard deviation of the field beside the envelope of a patch: 0 would give discs."""

LEVEL = 0.6
"""At which a patch ends; the envelope alone reaches it one radius from the centre."""

SOFTEST = 4.0
"""Widest edge of a patch, pixels."""


def patches(centres: Tensor, radii: Tensor, shape: torch.Size, generator: torch.Generator) -> Tensor:
    """One irregular patch an image, of one or several parts, with a soft edge, (B, 1, H, W), in [0, 1].

    A patch is where e(u) (1 + f(u)) is above a level, u the distance from the centre in radii, e a Gaussian
    envelope and f a smooth random field.

    Args:
        centres: row and column, (B, 2).
        radii: pixels, (B,).
        shape: of the images, (B, 1, H, W).
        generator: of the fields and of the edges' widths, 1 to 4 pixels.
    """
    count, rows, columns = len(centres), shape[-2], shape[-1]
    field = RAGGED * torch.randn(count, KNOTS, KNOTS, generator=generator)
    softness = 1 + (SOFTEST - 1) * torch.rand(count, generator=generator)
    softness = softness.minimum(radii)  # else the edge of a small patch would have no end
    down, across = (
        _along(length, centres[:, axis], radii) for axis, length in enumerate((rows, columns))
    )  # (B, H, K + 1) and (B, W, K + 1): the bumps, and a constant
    knots = F.pad(field, (0, 1, 0, 1))
    knots[:, -1, -1] = 1.0
    surface = down @ knots @ across.transpose(1, 2)
    slope = (radii / softness)[:, None, None]
    ramp = ((surface - LEVEL) * slope + 0.5).clamp(0, 1)
    return (ramp.square() * (3 - 2 * ramp))[:, None]


def _along(length: int, centre: Tensor, radii: Tensor) -> Tensor:
    """Bumps and a one, times the envelope, along an axis: (B, length, K + 1)."""
    u = ((torch.arange(length) - centre[:, None]) / radii[:, None]).clamp(-FAR, FAR)
    knots = torch.linspace(-REACH, REACH, KNOTS)
    spacing = 2 * REACH / (KNOTS - 1)
    bumps = torch.exp(-((u[:, :, None] - knots) / spacing).square() / 2)
    bumps = bumps / bumps.square().sum(2, keepdim=True).sqrt().clamp(min=0.1)  # of unit variance
    envelope = LEVEL ** u.square()
    return torch.cat([bumps, torch.ones_like(bumps[:, :, :1])], 2) * envelope[:, :, None]


def coarse(shape: torch.Size, generator: torch.Generator) -> Tensor:
    """Noise of a coarse grid, linear between its knots, for images of `shape`: (B, 1, H, W).

    Its standard deviation is 1 at the knots. The grid lies elsewhere in each image.
    """
    count, rows, columns = shape[0], shape[-2], shape[-1]
    knots = torch.randn(count, KNOTS + 1, KNOTS + 1, generator=generator)
    offsets = torch.rand(count, 2, generator=generator)
    down, across = (_hats(length, offsets[:, axis]) for axis, length in enumerate((rows, columns)))
    return (down @ knots @ across.transpose(1, 2))[:, None]


def _hats(length: int, offset: Tensor) -> Tensor:
    """Weights of linear interpolation between K + 1 knots along an axis, (B, length, K + 1)."""
    place = torch.arange(length) * ((KNOTS - 1) / (length - 1)) + offset[:, None]
    return (1 - (place[:, :, None] - torch.arange(KNOTS + 1)).abs()).clamp(min=0)
