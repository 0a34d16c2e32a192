"""The record of a scan as read: intensities in the order in which they are stored, and where they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.scans.reading.files import refusal

SMALLEST_SIDE, SMALLEST_PICTURE = 2, 8
NARROWEST_MM, WIDEST_MM = 0.02, 50.0
FARTHEST_MM = 1e5
LARGEST_VALUE = 1e30


@dataclass(frozen=True, eq=False)
class Scan:
    """A volume, or a picture as a volume of one slice.

    Attributes:
        data: intensities as stored, finite, float32. A volume: (I, J, K), its axes as `affine` says. A
            picture: (rows, columns, 1), the first row on top.
        affine: from voxel indices to mm, x to the right of the person, y to the front, z up (RAS), (4, 4),
            float64. None for a picture: its pixels have no size.
        name: of the file.
        digest: SHA-256 of the file.
        header: a NIfTI header, for its geometry; None for other formats.
        oriented: whether the file says which side is left.
        notes: sentences on what was assumed or replaced while reading.
    """

    data: NDArray[np.float32]
    affine: NDArray[np.float64] | None
    name: str
    digest: str
    header: Any = None
    oriented: bool = True
    notes: tuple[str, ...] = ()

    @property
    def spacing(self) -> tuple[float, ...] | None:
        """Size of a voxel along each stored axis, mm; None for a picture."""
        return None if self.affine is None else voxel_sizes(self.affine)


def voxel_sizes(affine: NDArray[np.float64]) -> tuple[float, ...]:
    """Lengths of the three columns of an affine, mm."""
    return tuple(float(size) for size in np.linalg.norm(affine[:3, :3], axis=0))


def check_affine(name: str, affine: NDArray[np.float64]) -> None:
    """Raise ValueError unless an affine places voxels of plausible size in space, invertibly."""
    remedy = "set its orientation and voxel size with the program that wrote it"
    if not np.isfinite(affine).all() or np.abs(affine).max() > FARTHEST_MM:
        raise refusal(name, "has an affine with numbers that are not finite or beyond 100 m", remedy)
    sizes = voxel_sizes(affine)
    if not all(NARROWEST_MM <= size <= WIDEST_MM for size in sizes):
        shown = " x ".join(f"{size:.3g}" for size in sizes)
        raise refusal(
            name, f"has voxels of {shown} mm; {NARROWEST_MM:g} to {WIDEST_MM:g} mm are read", remedy
        )
    if abs(np.linalg.det(affine[:3, :3])) < 1e-2 * np.prod(sizes):
        raise refusal(name, "has an affine whose axes lie in one plane (singular)", remedy)


def finite_float32(
    name: str, raw: NDArray[Any], slope: float = 1.0, inter: float = 0.0
) -> tuple[NDArray[np.float32], tuple[str, ...]]:
    """Stored numbers as finite float32 intensities, slope * raw + inter; and notes on what was replaced.

    Args:
        name: of the file, for messages.
        raw: real numbers of any size and byte order; may be overwritten.
        slope: of the file, finite.
        inter: of the file, finite.

    Raises:
        ValueError: where no number is finite, all are equal, or they are too large for float32.
    """
    if raw.dtype.kind == "b":
        raw = raw.view(np.uint8)
    replaced = 0
    if raw.dtype.kind == "f":
        finite = np.isfinite(raw)
        replaced = raw.size - int(np.count_nonzero(finite))
        if replaced == raw.size:
            raise refusal(name, "holds no finite number", "export it again")
        if replaced:
            raw[~finite] = 0
    low, high = float(raw.min()), float(raw.max())
    if low == high or slope == 0:
        raise refusal(
            name, f"holds the same value everywhere ({low:g})", "choose a file that shows something"
        )
    if max(abs(low), abs(high)) * abs(slope) + abs(inter) > LARGEST_VALUE:
        raise refusal(name, f"holds values beyond {LARGEST_VALUE:g}", "rescale its intensities")
    data = raw.astype(np.float32, order="K", copy=False)
    if slope != 1.0:
        data *= np.float32(slope)
    if inter != 0.0:
        data += np.float32(inter)
    if float(data.min()) == float(data.max()):
        raise refusal(name, "holds the same value everywhere", "rescale its intensities")
    return data, (f"{replaced:,} values were not finite and count as 0.",) * (replaced > 0)
