"""Where the brain is in a scan that does not say so.

Two rules, and the result says which was used. A scan whose background was set to zero shows its brain as
the region that is not zero. Any other scan is cut at Otsu's threshold (Otsu, A threshold selection method
from gray-level histograms, 1979); the rest is worn off until thin bridges to the skin break, the largest
part that hangs together is kept and grown back. The second rule is rough.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage.filters import threshold_otsu

from explorer.scans.reading.files import refusal

LEAST_ML, MOST_ML = 40.0, 2200.0
"""Volume of what counts as a brain or a part of one."""

LEAST_BACKGROUND = 0.1
"""Share of zeros from which they count as background."""

COARSE_MM = 2.0
BRIDGE_MM = 5.0


@dataclass(frozen=True, eq=False)
class BrainMask:
    """A brain and how it was found.

    Attributes:
        mask: True in the brain, shape of the scan, bool.
        origin: `file`, `nonzero` or `estimated`.
        note: a sentence for people.
    """

    mask: NDArray[np.bool_]
    origin: str
    note: str


def find_brain(
    name: str, data: NDArray[np.float32], spacing: tuple[float, ...], *, ct: bool = False
) -> BrainMask:
    """Find the brain in a volume.

    Args:
        name: of the file, for messages.
        data: intensities, (I, J, K), finite; of a CT, in [0, 1] after its window.
        spacing: of the voxels, mm.
        ct: whether it is a CT: bone, which its window makes 1, is no brain, and the second rule holds.

    Raises:
        ValueError: where nothing of the size of a brain is found.
    """
    if ct:
        data = np.where(data < 1, data, 0)
    inside = data != 0
    volume = _ml(inside, spacing)
    if not ct and inside.mean() <= 1 - LEAST_BACKGROUND and LEAST_ML <= volume <= MOST_ML:
        return BrainMask(inside, "nonzero", "Brain: all that is not zero in the file.")
    mask = _largest_tissue(data, spacing)
    volume = _ml(mask, spacing)
    if not LEAST_ML <= volume <= MOST_ML:
        raise refusal(
            name,
            f"shows no brain (the largest tissue found has {volume:,.0f} ml; expected {LEAST_ML:g} to "
            f"{MOST_ML:,.0f})",
            "pass a brain mask, or check its voxel size",
        )
    return BrainMask(
        mask, "estimated", "Brain: estimated by threshold and shape, roughly; a brain mask would be better."
    )


def _largest_tissue(data: NDArray[np.float32], spacing: tuple[float, ...]) -> NDArray[np.bool_]:
    """The largest connected bright region after thin bridges are broken, found on voxels of about 2 mm."""
    steps = [max(1, round(COARSE_MM / size)) for size in spacing]
    coarse = data[:: steps[0], :: steps[1], :: steps[2]]
    sizes = [step * size for step, size in zip(steps, spacing, strict=True)]
    low, high = np.percentile(coarse, (1, 99))
    if low == high:
        return np.zeros(data.shape, dtype=bool)
    tissue = coarse > threshold_otsu(np.clip(coarse, low, high))  # type: ignore[no-untyped-call]
    core = ndimage.distance_transform_edt(np.pad(tissue, 1), sampling=sizes)[1:-1, 1:-1, 1:-1] > BRIDGE_MM
    parts, count = ndimage.label(core)
    if count == 0:
        return np.zeros(data.shape, dtype=bool)
    largest = parts == 1 + int(np.argmax(np.bincount(parts.ravel())[1:]))
    grown = ndimage.distance_transform_edt(~largest, sampling=sizes) <= BRIDGE_MM
    filled = ndimage.binary_fill_holes(grown & tissue | largest)
    places = (np.arange(n) // step for n, step in zip(data.shape, steps, strict=True))
    found: NDArray[np.bool_] = filled[np.ix_(*places)]
    return found


def _ml(mask: NDArray[np.bool_], spacing: tuple[float, ...]) -> float:
    return float(np.count_nonzero(mask) * np.prod(spacing) / 1000)
