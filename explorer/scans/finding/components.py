"""The most anomalous places of a scan: connected parts of its thresholded map."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from explorer.scans.placing.placement import Placement


@dataclass(frozen=True)
class Component:
    """A part that hangs together (voxels that touch by a corner do) and scores at least the threshold.

    Attributes:
        voxels: how many, on the model's grid.
        ml: its volume in the scan; None for a picture.
        peak: its highest score.
        place: (slice, row, column) of the peak on the model's grid.
        voxel: indices of the peak in the scan as stored.
        percentile: share of healthy pixels that score lower than the peak, in [0, 1]; None where not known.
    """

    voxels: int
    ml: float | None
    peak: float
    place: tuple[int, int, int]
    voxel: tuple[float, float, float]
    percentile: float | None = None


def components(
    values: NDArray[np.float32],
    foreground: NDArray[np.bool_],
    threshold: float,
    placement: Placement,
    *,
    most: int = 20,
    percentile: Callable[[float], float] | None = None,
) -> list[Component]:
    """Find the components of a map, the highest peak first, the first in the scan first among equals.

    Args:
        values: scores, (slices, rows, columns); NaN where not scored.
        foreground: where they count, same shape.
        threshold: lowest score that counts.
        placement: where the pixels lie.
        most: how many are returned.
        percentile: the share of healthy pixels that score lower than a score.

    Raises:
        ValueError: where the threshold is not finite or shapes do not fit.
    """
    if not np.isfinite(threshold):
        raise ValueError(f"threshold must be a finite number, got {threshold}")
    if values.shape != foreground.shape:
        raise ValueError(f"foreground must have the shape {values.shape}, got {foreground.shape}")
    parts, count = ndimage.label((values >= threshold) & foreground, np.ones((3, 3, 3)))
    if count == 0:
        return []
    numbers = np.arange(1, count + 1)
    peaks = ndimage.maximum(values, parts, numbers)
    places = ndimage.maximum_position(values, parts, numbers)
    sizes = np.bincount(parts.ravel(), minlength=count + 1)[1:]
    order = np.argsort(-np.asarray(peaks), kind="stable")[:most]
    found = [_component(placement, int(sizes[i]), float(peaks[i]), places[i]) for i in order]
    return [replace(one, percentile=percentile(one.peak)) for one in found] if percentile else found


def _component(placement: Placement, voxels: int, peak: float, place: tuple[int, ...]) -> Component:
    z, y, x = (int(index) for index in place)
    at = placement.matrix @ np.array([z, y, x, 1.0])
    ml = None if placement.pixel_mm is None else voxels * placement.pixel_mm**3 / 1000
    return Component(voxels, ml, peak, (z, y, x), (float(at[0]), float(at[1]), float(at[2])))
