"""Anatomies of real people for training, from segmented brains; never needed by the app.

Understands FreeSurfer labels (the 20 label maps of SynthSeg: Billot et al., SynthSeg: Segmentation of brain
MRI scans of any contrast and resolution without retraining, 2023, arXiv 2107.09559; Apache-2.0) and DLMUSE
labels (healthy adults of the IXI dataset, brain-development.org; CC BY-SA 3.0; labels by NiChart). Where the
T1-weighted image lies beside the labels, tissue fractions are read off its intensities: labels know no
partial volume and close the narrow sulci that a reconstruction must learn to draw.

Each head is scaled and moved so that volume and centre of its brain tissue are those of the template.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import nibabel
import numpy as np
from scipy import ndimage

from explorer.datasets.brain.anatomy import Anatomy, template_anatomy
from explorer.datasets.brain.template import make_anatomy

FREESURFER = (
    (3, 42, 8, 47, 10, 49, 11, 50, 12, 51, 13, 52, 17, 53, 18, 54, 26, 58, 28, 60, 136, 137, 163, 164),
    (2, 41, 7, 46, 16, 85, 25, 57),
    (4, 43, 5, 44, 14, 15, 24, 30, 62, 72),
)
"""Labels of grey matter, white matter and cerebrospinal fluid; 25 and 57 are lesions of white matter."""

DLMUSE = (
    (*range(100, 210), 38, 39, 71, 72, 73, 23, 30, 36, 37, 57, 58, 55, 56, 59, 60, 31, 32, 47, 48, 75, 76),
    (*range(81, 96), 40, 41, 35, 61, 62),
    (1, 46, 4, 11, 49, 50, 51, 52),
)

HELD_OUT_IXI = ("IXI575", "IXI577", "IXI603", "IXI606", "IXI632")
"""Subjects that no training sees."""


def label_files(folder: Path) -> Sequence[Path]:
    """The segmentations under `folder` for training, in a fixed order; ValueError if there is none."""
    files = sorted(folder.glob("label_maps/*_dseg.nii.gz")) + sorted(folder.glob("ixi_t1/*_dseg.nii.gz"))
    files = [path for path in files if not path.name.startswith(HELD_OUT_IXI)]
    if not files:
        raise ValueError(
            f"{folder} holds no label_maps/*_dseg.nii.gz or ixi_t1/*_dseg.nii.gz; name another folder"
        )
    return files


def real_anatomies(folder: Path) -> Iterator[Anatomy]:
    """Read each segmentation under `folder` and yield it as an anatomy in the template's space."""
    template = template_anatomy()
    reference = _tissue_volume_and_centre(
        template.tissues.numpy(), template.origin.numpy().astype(np.float64), template.spacing
    )
    for path in label_files(folder):
        image = nibabel.nifti1.load(path)  # type: ignore[no-untyped-call]
        labels = np.asarray(image.dataobj)
        groups = DLMUSE if "IXI" in path.name else FREESURFER
        tissues = np.stack([np.isin(labels, group) for group in groups]).astype(np.float32)
        spacing = float(image.header.get_zooms()[0])
        sigma = 0.6 if spacing < 1.5 else 0.45
        tissues = ndimage.gaussian_filter(tissues, (0, sigma, sigma, sigma))
        t1 = path.with_name(path.name.replace("_dseg", "_T1w"))
        if t1.exists():
            scan = nibabel.nifti1.load(t1)  # type: ignore[no-untyped-call]
            tissues = tissue_fractions(np.asarray(scan.dataobj, dtype=np.float32), tissues, spacing)
        volume, centre = _tissue_volume_and_centre(tissues, np.zeros(3), spacing)
        factor = (reference[0] / volume) ** (1 / 3)
        origin = reference[1] - centre * factor
        yield make_anatomy(tissues, origin, spacing * factor, path.name.removesuffix("_dseg.nii.gz"))


def tissue_fractions(t1: np.ndarray, tissues: np.ndarray, spacing: float) -> np.ndarray:
    """Fractions of grey matter, white matter and fluid from T1-weighted intensities, (3, X, Y, Z), float32.

    Intensities are divided by those of the white matter nearby (Gaussian of 12 mm), which takes out the bias
    field. Between the class medians (fluid, cortex, white matter) a voxel is a mixture of its two neighbours.

    Args:
        t1: T1-weighted image, zero outside the brain, (X, Y, Z).
        tissues: rough maps from labels, (3, X, Y, Z).
        spacing: size of a voxel, mm.
    """
    grey, white, fluid = tissues
    inside = ndimage.grey_erosion(white, 3) > 0.9
    weight = ndimage.gaussian_filter(inside.astype(np.float32), 12 / spacing)
    bright = ndimage.gaussian_filter(np.where(inside, t1, 0), 12 / spacing) / np.maximum(weight, 1e-6)
    relative = t1 / np.maximum(bright, 1e-6)
    medians = [float(np.median(relative[part > 0.9])) for part in (fluid, grey)] + [1.0]
    brain = t1 > 0
    fractions = [np.interp(relative, medians, values) for values in ((0, 1, 0), (0, 0, 1), (1, 0, 0))]
    return np.stack([fraction * brain for fraction in fractions]).astype(np.float32)


def _tissue_volume_and_centre(
    tissues: np.ndarray, origin: np.ndarray, spacing: float
) -> tuple[float, np.ndarray]:
    """Volume of all tissues, mm^3, as wide ventricles must not enlarge a head, and the brain's centre, mm."""
    volume = float(tissues.sum()) * spacing**3
    centre = np.array(ndimage.center_of_mass(tissues[0] + tissues[1])) * spacing + origin
    return volume, centre
