"""Anatomies from tissue maps, and the file of the template that the package brings along.

    python -m explorer.datasets.brain.template

makes `explorer/datasets/icbm152.npz` again from the maps that come with nilearn (`pip install
nilearn==0.14.1`): of the ICBM 152 nonlinear symmetric average, masked and cropped.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

import nibabel
import numpy as np
import torch
from numpy.typing import NDArray
from scipy import ndimage

from explorer.datasets.brain.anatomy import TEMPLATE, Anatomy, sharpened

DEEP_MM = 22.0
"""Cerebrospinal fluid deeper than this under the surface of the brain is in the ventricles."""
KEPT = (slice(24, 172), slice(26, 210), slice(12, 156))
"""What the file keeps of the maps: the brain and a margin. Begins at even voxels, so that every second voxel
of the maps is every second one of the file."""


def make_anatomy(tissues: NDArray[np.float32], origin: np.ndarray, spacing: float, name: str) -> Anatomy:
    """Build an anatomy from tissue maps, (3, X, Y, Z), at isotropic `spacing`; see `Anatomy`."""
    return Anatomy(
        tissues=torch.from_numpy(tissues.astype(np.float32)),
        widening=torch.from_numpy(widening_of(tissues, spacing)),
        origin=torch.from_numpy(origin.astype(np.float32)),
        spacing=spacing,
        name=name,
    )


def widening_of(tissues: NDArray[np.float32], spacing: float) -> NDArray[np.float32]:
    """The unit-peak field into the ventricles, (3, X/2, Y/2, Z/2), of tissue maps, (3, X, Y, Z)."""
    coarse = tissues[:, ::2, ::2, ::2]
    depth = ndimage.distance_transform_edt(coarse.sum(0) > 0.5, sampling=2 * spacing)
    ventricles = ndimage.gaussian_filter(coarse[2] * (depth > DEEP_MM), 1.5 / spacing)
    field = np.stack(np.gradient(ventricles))
    field /= max(float(np.linalg.norm(field, axis=0).max()), 1e-6)
    return field.astype(np.float32)


def template_from_nilearn() -> dict[str, np.ndarray]:
    """The arrays of `anatomy.TEMPLATE`, from nilearn's maps, which all have 1 mm voxels.

    The brain is where the T1 average exceeds 0.2, as in nilearn's `load_mni152_brain_mask`. The maps are read
    from its folder: to import nilearn takes longer than all the rest.
    """
    package = importlib.util.find_spec("nilearn")
    if package is None or package.origin is None:
        raise ValueError("the maps come with nilearn; install it with: pip install nilearn==0.14.1")
    maps, affine = {}, np.eye(4)
    for kind in ("gm", "wm", "t1"):
        name = f"mni_icbm152_{kind}_tal_nlin_sym_09a_converted.nii.gz"
        image = nibabel.nifti1.load(Path(package.origin).parent / "datasets" / "data" / name)  # type: ignore[no-untyped-call]
        maps[kind] = np.asarray(image.dataobj)[KEPT]
        affine = image.affine
    brain = maps["t1"] > 0.2 * 255
    grey, white = maps["gm"] * brain, maps["wm"] * brain
    tissues = sharpened(grey, white, brain)
    return {
        "grey": grey,
        "white": white,
        "brain": np.packbits(brain),
        "widening": widening_of(tissues, 1.0).astype(np.float16),
        "origin": affine[:3, 3] + np.array([part.start for part in KEPT]),
    }


if __name__ == "__main__":
    np.savez_compressed(TEMPLATE, allow_pickle=False, **template_from_nilearn())
