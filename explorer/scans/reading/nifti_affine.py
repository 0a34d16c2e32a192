"""Where the voxels of a NIfTI image lie: by its sform, else by its qform, else by their sizes alone.

The standard: nifti1.h, "3D image (volume) orientation and location in space" (nifti.nimh.nih.gov). What
programs write beside it is put right as its own library (nifti_clib) and nibabel do, and told. A `pixdim[0]`
that is neither 1 nor -1 counts as -1 below 0, else as 1; sizes of voxels count without their sign; a
quaternion that is a rounding error longer than 1 has length 1; an sform of zeros is none; a space of
an unknown number is one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from nibabel.spatialimages import HeaderDataError
from numpy.typing import NDArray

from explorer.scans.reading.scan import check_affine

UNITS = {0: (1.0, "no unit, so mm was taken"), 1: (1000.0, "metres"), 2: (1.0, ""), 3: (0.001, "micrometres")}
"""Length of a header's unit in mm, and what is said of it where a scan is refused for its size."""

LAST_SPACE, ALIGNED = 5, 2
"""Largest number of a space that the standard knows, and that of one that images are aligned in."""

LONGEST = 1.001
"""Length of a quaternion that still is taken for a rounding error."""

NOT_SAID = "The file does not say which side is left: left and right may be swapped."


@dataclass(frozen=True, eq=False)
class Place:
    """Where the voxels of an image lie.

    Attributes:
        affine: from voxel indices to mm, (4, 4), float64.
        header: with what was put right.
        oriented: whether the file says which side is left.
        notes: sentences on what was put right.
        warnings: sentences on what is doubtful.
    """

    affine: NDArray[np.float64]
    header: Any
    oriented: bool
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def place_of(name: str, header: Any) -> Place:
    """Where the voxels lie.

    Args:
        name: of the file, for messages.
        header: NIfTI-1 or NIfTI-2, unchecked; not changed.

    Raises:
        ValueError: where its affine places no voxels of plausible size in space.
    """
    header = header.copy()
    notes = _name_spaces(header)
    if header["sform_code"] > 0:
        sform = header.get_sform()
        if sform[:3, :3].any():
            found = _by_sform(name, header, _in_mm(header, sform))
            return replace(found, notes=(*notes, *found.notes))
        header["sform_code"] = 0
        notes.append("The file's sform is all zeros: it was left out.")
    notes += mend(header)
    oriented = bool(header["qform_code"] > 0)
    if not oriented:
        notes.append(NOT_SAID)
    affine = _qform(header) if oriented else _in_mm(header, header.get_base_affine())
    check_affine(name, affine, _unit(header)[1])
    return Place(affine, header, oriented, tuple(notes))


def _name_spaces(header: Any) -> list[str]:
    """Give spaces that the standard does not know a number that it knows, in place; sentences on that.

    Other programs leave out the affine of a space that they do not know, in a map of ours too.
    """
    notes = []
    for form in ("sform", "qform"):
        if (code := int(header[f"{form}_code"])) > LAST_SPACE:
            header[f"{form}_code"] = ALIGNED
            notes.append(
                f"The {form} leads to a space of the unknown number {code}; it was taken all the same."
            )
    return notes


def mend(header: Any) -> list[str]:
    """Put right, in place, what a qform is made of; sentences on what that was."""
    notes = []
    turned, sizes = float(header["pixdim"][0]), header["pixdim"][1:4]
    if header["qform_code"] > 0 and turned not in (-1, 1):
        header["pixdim"][0] = -1 if turned < 0 else 1
        notes.append(
            f"The header says {turned:g} where 1 or -1 says which way the third axis runs (pixdim[0]): "
            f"{header['pixdim'][0]:g} was taken."
        )
    if (sizes < 0).any():
        notes.append(f"The header's sizes of voxels ({_listed(sizes)}) were taken without their signs.")
        header["pixdim"][1:4] = np.abs(sizes)
    parts = ("quatern_b", "quatern_c", "quatern_d")
    length = float(np.linalg.norm([float(header[part]) for part in parts]))
    if header["qform_code"] > 0 and 1 < length <= LONGEST:
        for part in parts:
            header[part] = header[part] / length
        if length > 1 + 1e-6:
            notes.append(f"The header's quaternion, of length {length:.6f}, was brought to length 1.")
    return notes


def _by_sform(name: str, header: Any, sform: NDArray[np.float64]) -> Place:
    """Where the sform says, with a warning where the qform says something else."""
    check_affine(name, sform, _unit(header)[1])
    if header["qform_code"] <= 0:
        return Place(sform, header, True)
    mended = header.copy()
    mend(mended)
    qform = _qform(mended)
    try:
        check_affine(name, qform)
    except ValueError:
        return Place(sform, header, True, ("The file's qform is damaged: its sform was taken.",))
    corners = np.array(np.meshgrid(*((0, size - 1) for size in header["dim"][1:4]), [1])).reshape(4, -1)
    voxels = np.abs(np.linalg.solve(sform, qform @ corners) - corners).max()
    mirrored = np.linalg.det(sform) * np.linalg.det(qform) < 0
    if voxels <= 1 and not mirrored:
        return Place(sform, header, True)
    apart = np.linalg.norm(((sform - qform) @ corners)[:3], axis=0).max()
    mirror = "; one is the mirror image of the other" if mirrored else ""
    doubt = (
        "The file says in two ways where it lies, and these (sform and qform) disagree by up to "
        f"{apart:.3g} mm{mirror}: left and right depend on which of them a program takes; here the sform."
    )
    return Place(sform, header, True, (), (doubt,))


def _qform(header: Any) -> NDArray[np.float64]:
    """The affine of a qform that was put right, mm; not a number where it is damaged."""
    try:
        with np.errstate(all="ignore"):
            return _in_mm(header, header.get_qform())
    except (HeaderDataError, ValueError, ArithmeticError, np.linalg.LinAlgError):
        return np.full((4, 4), np.nan)


def _in_mm(header: Any, affine: Any) -> NDArray[np.float64]:
    found = np.array(affine, dtype=np.float64)
    with np.errstate(all="ignore"):
        found[:3] *= _unit(header)[0]
    return found


def _unit(header: Any) -> tuple[float, str]:
    return UNITS.get(int(header["xyzt_units"]) & 7, (1.0, "an unknown unit, so mm was taken"))


def _listed(sizes: Any) -> str:
    return " x ".join(f"{float(size):g}" for size in sizes)
