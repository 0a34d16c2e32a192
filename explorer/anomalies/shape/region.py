"""Where an anomaly lies: its centre, its outline and how strongly each pixel takes part."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from explorer.anomalies.params import HARMONICS, Params
from explorer.anomalies.shape.painted import depths

MINIMUM_RADIUS = 1.0
"""Pixels. A smaller region could fall between the pixels of a small image and change none."""

PLACE_SIZE = 0.1
"""Places are drawn where a region of this size fits, whatever the size asked for, so that a change of size
moves the anomaly only where it would reach over the edge of the foreground."""

COVERAGE = 0.9
"""A region lies inside the foreground where this share of it does, of the largest share possible."""

SMALLEST_LOBE = 0.4
"""The outline of a blob comes no nearer to its centre than this fraction of its radius."""


@dataclass(frozen=True, eq=False)
class Region:
    """The region of one anomaly within a slice.

    Attributes:
        weight: how far each pixel takes part, (H, W), float32 in [0, 1]; 0 outside the foreground.
        relative: distance from the centre as a fraction of the outline's there, (H, W); 1 on the outline. Of
            a painted shape: 0 where it is deepest; of a given weight: 0 where that is 1.
        down: rows below the centre, (H, 1), pixels.
        right: columns to the right of the centre, (1, W), pixels.
        radius: of the disc of the same area, or half the side of a square, pixels; of a painted shape, half
            the side of the square around it.
        name: of the real lesion that it is; else empty.
    """

    weight: Tensor
    relative: Tensor
    down: Tensor
    right: Tensor
    radius: float
    name: str = ""


def region_of(foreground: Tensor, params: Params, softness: float) -> Region:
    """The region that the parameters describe in this foreground.

    Args:
        foreground: the pixels that may change, (H, W), bool; at least one.
        params: what was drawn.
        softness: width of the edge as a fraction of the radius; an edge is never sharper than 1 pixel.
    """
    rows, columns = foreground.shape
    radius = max(0.5 * params.size * columns, MINIMUM_RADIUS)
    row, column = _centre(foreground, params)
    down = torch.arange(rows, dtype=torch.float32)[:, None] - row
    right = torch.arange(columns, dtype=torch.float32)[None, :] - column
    if params.painted:
        relative, weight = _painted(params.painted, rows, columns, softness)
        return Region(weight * foreground, relative, down, right, radius)
    relative = _distance(down, right, params) / radius
    depth = (1 - relative) * radius / max(softness * radius, 1.0)
    inside = (depth + 0.5).clamp(0, 1)
    weight = inside.square() * (3 - 2 * inside) * foreground
    return Region(weight, relative, down, right, radius)


def region_of_weight(weight: Tensor, name: str) -> Region:
    """The region in which pixels take part by a given weight, (H, W), in [0, 1], with a sum above 0."""
    rows, columns = (torch.arange(length, dtype=torch.float32) for length in weight.shape)
    area = weight.sum()
    down = rows[:, None] - (weight.sum(1) * rows).sum() / area
    right = columns[None, :] - (weight.sum(0) * columns).sum() / area
    return Region(weight, 1 - weight, down, right, math.sqrt(float(area) / math.pi), name)


def pixels_where_it_fits(foreground: Tensor, size: float) -> Tensor:
    """The foreground pixels around which a square region of this size lies mostly in the foreground.

    Args:
        foreground: (H, W), bool; at least one pixel.
        size: side of the region as a fraction of the width.

    Returns:
        (row, column) of each such pixel, (N, 2), int64, N at least 1.
    """
    covered = _counts(foreground, int(0.5 * size * foreground.shape[1])) * foreground
    return (covered >= (COVERAGE * covered.max()).clamp_min(1)).nonzero()


def pick(candidates: Tensor, fraction: float) -> Tensor:
    """The candidate, (2,), of the list (N, 2) that a fraction in [0, 1) points to."""
    return candidates[int(fraction * len(candidates))]


def _centre(foreground: Tensor, params: Params) -> tuple[float, float]:
    """Row and column of the centre, in pixels; a position of 0 is the image's edge, not a pixel's middle."""
    rows, columns = foreground.shape
    if params.position is not None:
        x, y = params.position
        return y * rows - 0.5, x * columns - 0.5
    wanted = pick(pixels_where_it_fits(foreground, PLACE_SIZE), params.place)
    candidates = pixels_where_it_fits(foreground, max(params.size, PLACE_SIZE))
    nearest = candidates[(candidates - wanted).square().sum(1).argmin()]
    return float(nearest[0]), float(nearest[1])


def _distance(down: Tensor, right: Tensor, params: Params) -> Tensor:
    """Distance from the centre, (H, W), pixels, stretched so that the outline lies at the radius."""
    if params.shape == "square":
        return torch.maximum(down.abs(), right.abs())
    distance = torch.hypot(down, right)
    if params.shape == "disc":
        return distance
    return distance / _profile(torch.atan2(down, right), params.outline)


def _painted(text: str, rows: int, columns: int, softness: float) -> tuple[Tensor, Tensor]:
    """Relative distance and weight, (H, W) each; all of a painted shape's soft edge lies inside of it."""
    depth = depths(text, rows, columns)
    deepest = depth.max().clamp_min(1)
    inside = (depth / (softness * deepest).clamp_min(1)).clamp(0, 1)
    return 1 - (depth - 0.5) / (deepest - 0.5), inside.square() * (3 - 2 * inside)


def _profile(angle: Tensor, outline: tuple[float, ...]) -> Tensor:
    """A blob's radius in each direction, relative to the disc of the same area:

    (1 + sum_k a_k cos(k angle) + b_k sin(k angle)) / sqrt(1 + sum_k (a_k^2 + b_k^2) / 2)
    """
    profile = torch.ones_like(angle)
    cosines, sines = outline[: len(HARMONICS)], outline[len(HARMONICS) :]
    for order, cosine, sine in zip(HARMONICS, cosines, sines, strict=True):
        profile += cosine * torch.cos(order * angle) + sine * torch.sin(order * angle)
    area = 1 + 0.5 * sum(amplitude * amplitude for amplitude in outline)
    return (profile / math.sqrt(area)).clamp_min(SMALLEST_LOBE)


def _counts(foreground: Tensor, reach: int) -> Tensor:
    """How many foreground pixels lie within `reach` rows and columns of each pixel, (H, W), int64."""
    sums = torch.nn.functional.pad(foreground.cumsum(0).cumsum(1), (1, 0, 1, 0))  # (H + 1, W + 1)
    rows, columns = (torch.arange(length) for length in foreground.shape)
    top, bottom = (rows - reach).clamp_min(0), (rows + reach + 1).clamp_max(len(rows))
    left, right = (columns - reach).clamp_min(0), (columns + reach + 1).clamp_max(len(columns))
    bands = sums[bottom] - sums[top]  # (H, W + 1)
    return bands[:, right] - bands[:, left]
