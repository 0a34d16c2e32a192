"""Slices of one DICOM series as a volume: sorted by position, its affine from the images."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explorer.scans.reading.dicom.slices import Slice
from explorer.scans.reading.files import refusal
from explorer.scans.reading.intensities import far, finite_float32, taken_off
from explorer.scans.reading.scan import SMALLEST_SIDE, Scan, check_affine

SAME_DIRECTION, SAME_SIZE = 1e-3, 1e-3
"""How far directions and pixel sizes (mm) of one series may differ."""

UNEVEN = 0.1
"""How far a slice may lie from its place, as a share of the distance between slices."""

UNNAMED = "The images do not say to which series they belong: they were taken as one."
REMEDY = "put the files of one complete series in it"


def assembled(name: str, digest: str, slices: list[Slice], notes: tuple[str, ...]) -> Scan:
    """The volume: columns, rows, and slices along their normal.

    Args:
        name: of the series.
        digest: of its files.
        slices: its images, in any order; emptied, to save memory.
        notes: sentences on what was left out.

    Raises:
        ValueError: where they are no slices of one volume.
    """
    notes += _check_alike(name, slices)
    normal = np.cross(*slices[0].axes)
    slices.sort(key=lambda one: float(one.position @ normal), reverse=True)
    step = _step(name, np.array([one.position for one in reversed(slices)]), normal)
    first = slices[-1]
    affine = np.eye(4)
    affine[:3, 0] = first.axes[0] * first.spacing[1]
    affine[:3, 1] = first.axes[1] * first.spacing[0]
    affine[:3, 2], affine[:3, 3] = step, first.position
    affine = np.diag([-1.0, -1.0, 1.0, 1.0]) @ affine  # from left, back, up to right, front, up
    check_affine(name, affine)
    data, counted = _intensities(slices)
    finite, replaced = finite_float32(name, data)
    return Scan(finite, affine, name, digest, notes=notes + counted + replaced)


def _intensities(slices: list[Slice]) -> tuple[NDArray[np.float32], tuple[str, ...]]:
    """The volume, (columns, rows, slices), each slice scaled by its own numbers; empties `slices`.

    In double precision, as `explorer.scans.reading.intensities` does for one slope and intercept.
    """
    ends = [
        one.scaling[0] * float(value) + one.scaling[1]
        for one in slices
        for value in (one.raw.min(), one.raw.max())
    ]
    low, high = min(ends), max(ends)
    offset = low if far(low, high, high - low) else 0.0
    data = np.empty((*slices[0].raw.shape[::-1], len(slices)), np.float32, order="F")
    for index in range(len(slices)):
        one = slices.pop()
        slope, inter = one.scaling
        data[:, :, index] = one.raw.T.astype(np.float64) * slope + (inter - offset)
    return data, (taken_off(offset, high - low),) * (offset != 0)


def _check_alike(name: str, slices: list[Slice]) -> tuple[str, ...]:
    """Raise ValueError unless all images may be slices of one volume; a note where none says of which."""
    named = {one.series for one in slices}
    series = len(named - {b""})
    if len(named) > 1:
        others = " and images of no named one" if b"" in named else ""
        raise refusal(name, f"holds {series} DICOM series{others}", "keep one of them, the others elsewhere")
    first = slices[0]
    if any(one.raw.shape != first.raw.shape for one in slices) or any(
        np.abs(np.subtract(one.spacing, first.spacing)).max() > SAME_SIZE for one in slices
    ):
        raise refusal(name, "holds DICOM images of different sizes", REMEDY)
    if any(np.abs(one.axes - first.axes).max() > SAME_DIRECTION for one in slices):
        raise refusal(name, "holds DICOM images in different planes", "keep those of one plane")
    if min(len(slices), *first.raw.shape) < SMALLEST_SIDE:
        raise refusal(name, "holds one slice, no volume", REMEDY)
    return (UNNAMED,) * (series == 0)


def _step(name: str, positions: NDArray[np.float64], normal: NDArray[np.float64]) -> NDArray[np.float64]:
    """From slice to slice, mm, (3,); ValueError where slices are doubled or missing."""
    gaps = np.diff(positions @ normal)
    if gaps.min() < 1e-3:
        raise refusal(
            name,
            "holds several DICOM images of one place (repeats, echoes or times)",
            "keep one of each place",
        )
    step: NDArray[np.float64] = (positions[-1] - positions[0]) / (len(positions) - 1)
    expected = positions[0] + np.arange(len(positions))[:, None] * step
    if np.abs(positions - expected).max() > UNEVEN * np.linalg.norm(step):
        raise refusal(
            name,
            f"has gaps of {gaps.min():.3g} to {gaps.max():.3g} mm between its slices: some are missing",
            "export the complete series again, or resample it to even slices",
        )
    return step
