"""Any supported file as a scan, and masks on a scan's grid."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from explorer.scans.reading.dicom.series import read_folder, read_zip
from explorer.scans.reading.files import ScanFile, label, refusal
from explorer.scans.reading.intensities import is_taken_off
from explorer.scans.reading.nifti import read_nifti
from explorer.scans.reading.pictures import read_npy, read_png
from explorer.scans.reading.scan import Scan

FORMATS = (".nii", ".nii.gz", ".png", ".npy", ".zip")
RESAMPLE = "resample the mask to the scan's grid, by nearest neighbour"

SAME_GRID = 0.01
"""How far the voxels of a mask may lie off those of its scan, in voxels."""


def load_scan(file: ScanFile, volume: int | None = None) -> Scan:
    """Read a scan by the ending of its name.

    Args:
        file: `.nii`, `.nii.gz`, `.png`, `.npy`, or a `.zip` of a DICOM series.
        volume: which volume of a 4-D NIfTI file, from 0.

    Raises:
        ValueError: naming the file, the problem and the remedy.
    """
    return _showing(_read(file, volume))


def _read(file: ScanFile, volume: int | None = None) -> Scan:
    """Read a file that may be a scan or a mask."""
    name = file.name.lower()
    if name.endswith((".nii", ".nii.gz")):
        return read_nifti(file, volume)
    readers: dict[str, Callable[[ScanFile], Scan]] = {".png": read_png, ".npy": read_npy, ".zip": read_zip}
    for ending, read in readers.items():
        if name.endswith(ending):
            if volume not in (None, 0):
                raise refusal(file.name, "holds no numbered volumes", "leave the number out")
            return read(file)
    if name.endswith((".dcm", ".ima")):
        raise refusal(file.name, "is one slice of a DICOM series", "bring the whole series in a .zip")
    raise refusal(file.name, "is of no known kind", f"bring one of {', '.join(FORMATS)}")


def _showing(scan: Scan) -> Scan:
    """A scan; ValueError where nothing is to be seen in it."""
    low, high = float(scan.data.min()), float(scan.data.max())
    if low == high:
        problem = f"holds the same value everywhere ({low:g})"
        raise refusal(scan.name, problem, "choose a file that shows something")
    return scan


def load_scan_at(path: Path, volume: int | None = None) -> Scan:
    """Read the scan at a path: a file, or a folder that holds a DICOM series.

    Raises:
        ValueError: as `load_scan` does.
    """
    return _showing(_read_at(path, volume))


def _read_at(path: Path, volume: int | None = None) -> Scan:
    if not path.is_dir():
        return _read(ScanFile.at(path), volume)
    if volume not in (None, 0):
        raise refusal(path.name, "holds no numbered volumes", "leave the number out")
    return read_folder(path)


def load_mask(file: ScanFile | Path, scan: Scan) -> NDArray[np.bool_]:
    """Read a mask on the grid of `scan`: True where its value is above one half.

    A mask of nothing but zeros is that of a healthy scan.

    Args:
        file: of any kind that a scan may be of, or its path, or a folder of a DICOM series.
        scan: what it is of.

    Raises:
        ValueError: where it is no image, of another grid, or of values that are no mask's.
    """
    mask = _read_at(file) if isinstance(file, Path) else _read(file)
    against = f"while {label(scan.name)} has"
    if mask.data.shape != scan.data.shape:
        raise refusal(mask.name, f"has the shape {mask.data.shape}, {against} {scan.data.shape}", RESAMPLE)
    if mask.affine is not None and scan.affine is not None and (mask.header or mask.oriented):
        _check_grid(mask.name, mask.affine, scan.affine, scan)
    if any(map(is_taken_off, mask.notes)):
        problem = "holds values far from 0 throughout, which no mask does"
        raise refusal(mask.name, problem, "check that it is the mask; what is above 0.5 is marked")
    marked = mask.data > 0.5
    if not marked.any() and mask.data.any():
        low, high = float(mask.data.min()), float(mask.data.max())
        problem = f"marks nothing, though it is not empty: its values lie between {low:g} and {high:g}"
        raise refusal(mask.name, problem, "check that it is the mask; what is above 0.5 is marked")
    return marked


def load_brain(file: ScanFile | Path, scan: Scan) -> NDArray[np.bool_]:
    """Read the mask of a brain, as `load_mask` does; ValueError also for a picture, or of zeros."""
    if scan.affine is None:
        raise refusal(scan.name, "is a picture, of which all is scored", "leave the brain mask out")
    found = load_mask(file, scan)
    if not found.any():
        remedy = "bring another, or none, so that the brain is looked for"
        raise refusal(file.name, "marks no brain: it is all zeros", remedy)
    return found


def _check_grid(name: str, mask: NDArray[np.float64], affine: NDArray[np.float64], scan: Scan) -> None:
    """Raise ValueError where the voxels of a mask do not lie on those of its scan, to the farthest corner."""
    corners = np.array(np.meshgrid(*((0, size - 1) for size in scan.data.shape), [1])).reshape(4, -1)
    off = (mask - affine) @ corners
    voxels = float(np.abs(np.linalg.inv(affine) @ off).max())
    if voxels > SAME_GRID:
        apart = float(np.linalg.norm(off[:3], axis=0).max())
        problem = f"lies up to {apart:.3g} mm off the voxels of {label(scan.name)}, {voxels:.2g} of a voxel"
        raise refusal(name, problem, RESAMPLE)
