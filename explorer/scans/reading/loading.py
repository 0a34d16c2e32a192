"""Any supported file as a scan, and masks on a scan's grid."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from explorer.scans.reading.files import ScanFile, refusal
from explorer.scans.reading.nifti import read_nifti
from explorer.scans.reading.pictures import read_npy, read_png
from explorer.scans.reading.scan import Scan
from explorer.scans.reading.series import read_folder, read_zip

FORMATS = (".nii", ".nii.gz", ".png", ".npy", ".zip")
_SAME_GRID = 1e-3
"""Largest difference of two affines on one grid, mm."""


def load_scan(file: ScanFile, volume: int | None = None) -> Scan:
    """Read a scan by the ending of its name.

    Args:
        file: `.nii`, `.nii.gz`, `.png`, `.npy`, or a `.zip` of a DICOM series.
        volume: which volume of a 4-D NIfTI file, from 0.

    Raises:
        ValueError: naming the file, the problem and the remedy.
    """
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


def load_scan_at(path: Path, volume: int | None = None) -> Scan:
    """Read the scan at a path: a file, or a folder that holds a DICOM series.

    Raises:
        ValueError: as `load_scan` does.
    """
    if not path.is_dir():
        return load_scan(ScanFile.at(path), volume)
    if volume not in (None, 0):
        raise refusal(path.name, "holds no numbered volumes", "leave the number out")
    return read_folder(path)


def load_mask(file: ScanFile, scan: Scan) -> NDArray[np.bool_]:
    """Read a mask on the grid of `scan`: True where its value is above one half.

    Raises:
        ValueError: where it is no image, of another grid, or empty.
    """
    mask = load_scan(file)
    against = f"while {scan.name} has"
    remedy = "resample the mask to the scan's grid, by nearest neighbour"
    if mask.data.shape != scan.data.shape:
        raise refusal(file.name, f"has the shape {mask.data.shape}, {against} {scan.data.shape}", remedy)
    if mask.affine is not None and scan.affine is not None and (mask.header or mask.oriented):
        corners = np.array(np.meshgrid(*((0, size - 1) for size in scan.data.shape), [1])).reshape(4, -1)
        apart = float(np.abs((mask.affine - scan.affine) @ corners).max())
        if apart > _SAME_GRID:
            raise refusal(file.name, f"lies up to {apart:.3g} mm off the voxels of {scan.name}", remedy)
    marked = mask.data > 0.5
    if not marked.any():
        raise refusal(file.name, "marks nothing (no value above 0.5)", "check that it is the mask")
    return marked
