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
        warnings: sentences on what is doubtful, which must be seen.
    """

    data: NDArray[np.float32]
    affine: NDArray[np.float64] | None
    name: str
    digest: str
    header: Any = None
    oriented: bool = True
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def spacing(self) -> tuple[float, ...] | None:
        """Size of a voxel along each stored axis, mm; None for a picture."""
        return None if self.affine is None else voxel_sizes(self.affine)


def voxel_sizes(affine: NDArray[np.float64]) -> tuple[float, ...]:
    """Lengths of the three columns of an affine, mm."""
    return tuple(float(size) for size in np.linalg.norm(affine[:3, :3], axis=0))


def check_affine(name: str, affine: NDArray[np.float64], unit: str = "") -> None:
    """Raise ValueError unless an affine places voxels of plausible size in space, invertibly.

    Args:
        name: of the file.
        affine: in mm, (4, 4).
        unit: what its header names as the unit of length, to be said where it may be the reason.
    """
    remedy = "set its orientation and voxel size with the program that wrote it"
    if unit:
        unit, remedy = f" (its header names {unit})", f"correct the unit, or {remedy}"
    if not np.isfinite(affine).all() or np.abs(affine).max() > FARTHEST_MM:
        raise refusal(name, f"has an affine with numbers that are not finite or beyond 100 m{unit}", remedy)
    sizes = voxel_sizes(affine)
    if not all(NARROWEST_MM <= size <= WIDEST_MM for size in sizes):
        shown = " x ".join(f"{size:.3g}" for size in sizes)
        raise refusal(
            name, f"has voxels of {shown} mm{unit}; {NARROWEST_MM:g} to {WIDEST_MM:g} mm are read", remedy
        )
    if abs(np.linalg.det(affine[:3, :3])) < 1e-2 * np.prod(sizes):
        raise refusal(name, "has an affine whose axes lie in one plane (singular)", remedy)
