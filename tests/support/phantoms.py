"""Phantoms: a head that is not symmetric, stored in any of the 48 orientations or obliquely."""

from __future__ import annotations

import itertools
from typing import Any

import nibabel
import numpy as np
from nibabel.orientations import apply_orientation, inv_ornt_aff
from numpy.typing import NDArray
from scipy import ndimage

from explorer.datasets.brain.anatomy import template_anatomy
from explorer.scans.reading.files import ScanFile

SPACING = np.array([4.0, 3.6, 4.4])
SHAPE = (46, 58, 42)
CENTRE = np.array([4.0, -12.0, 9.0])
RADII = np.array([66.0, 82.0, 66.0])
LANDMARK = CENTRE + (-32.0, 30.0, 20.0)
"""A bright ball on the left, in front, above, mm."""

ORIENTATIONS: tuple[NDArray[np.float64], ...] = tuple(
    np.array(list(zip(axes, signs, strict=True)), dtype=np.float64)
    for axes in itertools.permutations(range(3))
    for signs in itertools.product((1, -1), repeat=3)
)
"""Where each axis of the RAS phantom goes, and whether it is turned round (nibabel's orientations)."""


def ras_affine() -> NDArray[np.float64]:
    """An affine along the person's axes that has the head in the middle of the volume."""
    affine = np.diag([*SPACING, 1.0])
    affine[:3, 3] = CENTRE + (1.3, -0.9, 0.4) - SPACING * (np.array(SHAPE) - 1) / 2
    return affine


def oblique_affine(angles: tuple[float, float, float]) -> NDArray[np.float64]:
    """The same turned about the head's centre by three angles, degrees."""
    turn = np.eye(3)
    for axis, angle in enumerate(np.deg2rad(angles)):
        one, other = (k for k in range(3) if k != axis)
        step = np.eye(3)
        step[one, one] = step[other, other] = np.cos(angle)
        step[one, other], step[other, one] = -np.sin(angle), np.sin(angle)
        turn = turn @ step
    affine = ras_affine()
    turned = np.eye(4)
    turned[:3, :3] = turn @ affine[:3, :3]
    turned[:3, 3] = CENTRE + turn @ (affine[:3, 3] - CENTRE)
    return turned


def head(affine: NDArray[np.float64], shape: tuple[int, ...] = SHAPE) -> NDArray[np.float32]:
    """The phantom sampled on a grid: 0 outside, about 100 inside, 220 in a ball of 9 mm."""
    indices = np.stack(np.meshgrid(*map(np.arange, shape), indexing="ij"), axis=-1)
    points = indices @ affine[:3, :3].T + affine[:3, 3]
    inside = (((points - CENTRE) / RADII) ** 2).sum(-1) < 1
    ball = np.exp(-((points - LANDMARK) ** 2).sum(-1) / (2 * 5.0**2))
    values = np.where(inside, 100 + 120 * ball, 0)
    return values.astype(np.float32)


def stored(
    data: NDArray[Any], affine: NDArray[np.float64], orientation: NDArray[np.float64]
) -> tuple[NDArray[Any], NDArray[np.float64]]:
    """Data and affine after the axes were exchanged and turned round."""
    turned = apply_orientation(data, orientation)  # type: ignore[no-untyped-call]
    return turned, affine @ inv_ornt_aff(orientation, data.shape)  # type: ignore[no-untyped-call]


def nifti_bytes(data: NDArray[Any], affine: NDArray[np.float64] | None, **fields: Any) -> bytes:
    """A NIfTI-1 file; `fields` overwrite its header."""
    image = nibabel.nifti1.Nifti1Image(data, affine, dtype=data.dtype)  # type: ignore[no-untyped-call]
    if affine is not None:
        image.set_qform(affine, 1)  # type: ignore[no-untyped-call]
        image.set_sform(affine, 1)  # type: ignore[no-untyped-call]
    image.header["xyzt_units"] = 10  # mm and seconds
    content: bytes = image.to_bytes()
    header = nibabel.nifti1.Nifti1Header(content[:348], check=False)  # type: ignore[no-untyped-call]
    for key, value in fields.items():
        header[key] = value
    return bytes(header.binaryblock) + content[348:]


def axis_codes(affine: NDArray[np.float64]) -> tuple[str, ...]:
    """Towards which side of the person each stored axis runs, e.g. R, A, S."""
    return tuple(nibabel.orientations.aff2axcodes(affine))  # type: ignore[no-untyped-call]


def scan_file(content: bytes, name: str = "scan.nii") -> ScanFile:
    return ScanFile(name, content)


def head_file(name: str = "scan.nii", **fields: Any) -> ScanFile:
    """The phantom along the person's axes, as a file."""
    affine = ras_affine()
    return scan_file(nifti_bytes(head(affine), affine, **fields), name)


def centroid(values: NDArray[np.float32], threshold: float) -> NDArray[np.float64]:
    """Mean index of what exceeds a threshold, weighted by the excess."""
    excess = np.nan_to_num(np.clip(values - threshold, 0, None)).astype(np.float64)
    indices = np.stack(np.meshgrid(*map(np.arange, values.shape), indexing="ij"))
    return np.array((indices * excess).sum((1, 2, 3)) / excess.sum())


def template_head(scale: float = 0.95) -> tuple[NDArray[np.float32], NDArray[np.float64], NDArray[np.bool_]]:
    """The template's brain as T1 shows it, in a dark skull and a bright scalp, noise everywhere.

    Args:
        scale: of its size.

    Returns:
        Intensities on voxels of 2 mm times the scale, their affine, and where the brain is.
    """
    anatomy = template_anatomy()
    grey, white, fluid = np.pad(anatomy.tissues.numpy(), [(0, 0), *[(20, 20)] * 3])[:, ::2, ::2, ::2]
    brain = grey + white + fluid > 0.5
    off = ndimage.distance_transform_edt(~brain, sampling=2.0)
    shell = 15 * ((off > 0) & (off <= 6)) + 110 * ((off > 6) & (off <= 14))
    data = 70 * grey + 100 * white + 25 * fluid + shell * ~brain
    data += 3 * np.abs(np.random.default_rng(0).standard_normal(data.shape))
    affine = np.diag([2 * scale, 2 * scale, 2 * scale, 1.0])
    affine[:3, 3] = scale * (anatomy.origin.numpy() - 20)
    return data.astype(np.float32), affine, brain
