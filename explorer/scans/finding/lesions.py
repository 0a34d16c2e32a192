"""Detection lesion by lesion: which parts of a mask the map finds, and how often it is wrong.

A lesion is a part of the mask that hangs together on the scan's own grid, corners included, so that none is
lost on the coarser grid of the model. It is found where at least one of its voxels lies in a pixel of the
foreground that reaches the threshold.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from explorer.scans.placing.placement import Placement

TOUCHING = np.ones((3, 3, 3))


@dataclass(frozen=True)
class Detection:
    """Lesions against a map at one threshold.

    Attributes:
        found: lesions that are found.
        total: lesions in the mask.
        alarms: components of the thresholded map that touch no lesion.
    """

    found: int
    total: int
    alarms: int


def detect(
    values: NDArray[np.float32],
    foreground: NDArray[np.bool_],
    mask: NDArray[np.bool_],
    placement: Placement,
    threshold: float,
) -> Detection:
    """Count lesions found and false alarms.

    Args:
        values: scores on the model's grid, (slices, rows, columns); NaN where not scored.
        foreground: where they count, same shape.
        mask: of the anomalies, shape of the scan, bool.
        placement: where the pixels lie in the scan.
        threshold: lowest score that counts.

    Raises:
        ValueError: where the threshold is not finite or shapes do not fit.
    """
    if not np.isfinite(threshold):
        raise ValueError(f"threshold must be a finite number, got {threshold}")
    if values.shape != foreground.shape or mask.shape != tuple(placement.scan_shape):
        raise ValueError(
            f"values, foreground and mask must fit the placement, got {values.shape}, {foreground.shape}, "
            f"{mask.shape} for {placement.model_shape} and {placement.scan_shape}"
        )
    above = (values >= threshold) & foreground
    lesions, total = ndimage.label(mask, TOUCHING)
    voxels = np.argwhere(mask)
    pixels, inside = pixels_of(voxels, placement)
    hit = np.zeros(len(voxels), dtype=bool)
    hit[inside] = above[tuple(pixels[inside].T)]
    numbers = lesions[tuple(voxels.T)]
    alarms = _alarms(above, placement, mask, pixels[inside])
    return Detection(len(np.unique(numbers[hit])), int(total), alarms)


def pixels_of(voxels: NDArray[np.intp], placement: Placement) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """The pixel that each voxel lies in, (V, 3), and whether there is one, (V,)."""
    inverse = np.linalg.inv(placement.matrix)
    pixels = np.rint(voxels @ inverse[:3, :3].T + inverse[:3, 3]).astype(np.intp)
    inside = ((pixels >= 0) & (pixels < placement.model_shape)).all(1)
    return pixels, inside


def _alarms(
    above: NDArray[np.bool_], placement: Placement, mask: NDArray[np.bool_], touched: NDArray[np.intp]
) -> int:
    """Components that hold no voxel of the mask, neither by its pixels nor by theirs."""
    parts, count = ndimage.label(above, TOUCHING)
    lesion = placement.mask_to_model(mask)
    lesion[tuple(touched.T)] = True
    return int(count) - len(np.setdiff1d(np.unique(parts[lesion]), [0]))
