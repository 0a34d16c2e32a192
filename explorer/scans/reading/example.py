"""A scan to try the page with: a synthetic FLAIR brain with two bright lesions, and their mask.

All 60 slices of one test subject of the synthetic cohort (`explorer.datasets.brain`), stacked, so it is no
person's scan. The lesions are balls with soft edges, one large on the left, one small on the right in front.
"""

from __future__ import annotations

import nibabel
import numpy as np
import torch
from numpy.typing import NDArray

from explorer.contracts import Dataset
from explorer.datasets.brain.anatomy import CENTRE_MM, LOWEST_MM, SIZE, SLICES, SPACING
from explorer.scans.reading.files import ScanFile

NAME = "example-flair.nii"
SUBJECT = 0
LESIONS = (((-26.0, -32.0, 22.0), 11.0), ((24.0, 14.0, 24.0), 6.0))
"""Centre in the template's space, mm to the right, front and top, and radius, mm."""

STRENGTH = 0.4
"""How much brighter the middle of a lesion is, in units of the image's range."""


def example(dataset: Dataset) -> tuple[ScanFile, ScanFile, ScanFile]:
    """The scan, the mask of its lesions and that of its brain as NIfTI files.

    Args:
        dataset: `brain/flair`.
    """
    slices = [dataset.slice("test", SUBJECT, index) for index in range(SLICES)]
    images = torch.stack([one.image for one in slices]).numpy()
    foreground = torch.stack([one.foreground for one in slices]).numpy()
    added = _lesions() * foreground
    scan = np.clip(images + STRENGTH * added, 0, 1)
    return (
        ScanFile(NAME, _nifti(_to_ras(1000 * scan).astype(np.int16))),
        ScanFile("example-flair-mask.nii", _nifti(_to_ras(added > 0.3).astype(np.uint8))),
        ScanFile("example-flair-brain.nii", _nifti(_to_ras(foreground).astype(np.uint8))),
    )


def _lesions() -> NDArray[np.float32]:
    """How much lesion is in each pixel, (slices, rows, columns), float32 in [0, 1]."""
    half = (SIZE - 1) / 2 * SPACING
    z = LOWEST_MM + SPACING * np.arange(SLICES)[:, None, None]
    y = CENTRE_MM[1] + half - SPACING * np.arange(SIZE)[None, :, None]
    x = CENTRE_MM[0] - half + SPACING * np.arange(SIZE)[None, None]
    found = np.zeros((SLICES, SIZE, SIZE), np.float32)
    for (right, front, up), radius in LESIONS:
        distance = np.sqrt((x - right) ** 2 + (y - front) ** 2 + (z - up) ** 2)
        found = np.maximum(found, np.clip((radius - distance) / 3 + 0.5, 0, 1)).astype(np.float32)
    return found


def _to_ras(images: NDArray[np.generic]) -> NDArray[np.generic]:
    """(slices, rows from the front, columns) as (right, front, up)."""
    return images.transpose(2, 1, 0)[:, ::-1]


def _nifti(data: NDArray[np.generic]) -> bytes:
    affine = np.diag([SPACING, SPACING, SPACING, 1.0])
    half = (SIZE - 1) / 2 * SPACING
    affine[:3, 3] = CENTRE_MM[0] - half, CENTRE_MM[1] - half, LOWEST_MM
    image = nibabel.nifti1.Nifti1Image(np.ascontiguousarray(data), affine, dtype=data.dtype)  # type: ignore[no-untyped-call]
    image.header["xyzt_units"] = 2  # mm
    content: bytes = image.to_bytes()
    return content
