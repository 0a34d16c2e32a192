"""The file of real images: what is in it, and how it is read.

`real_images.npz` holds for each subject, under `LABEL/`:

* `brain`: where the brain is on the grid of the brain models, (60, 128, 128), packed bits;
* `flair`, `t1`, `t2`: those of them that there are, intensities in 255ths of the brain's pixels alone, in the
  order of the mask, (P,), uint8; outside the brain all is zero, so no face and no head is in the file;
* `lesions`: of patients in whom somebody marked them, which of these pixels are lesion, (P,), packed bits;
* `pixel_mm`: size of a pixel in the subject, mm;

and `subjects`, their labels in order, `healthy`, the labels of those who are, and `about`, sources, licences
and citations, as in `real_images.txt`. `tests/making/real_images.py` made it.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import torch
from torch import Tensor

from explorer.datasets.brain.anatomy import SIZE, SLICES

FILE = Path(__file__).with_name("real_images.npz")
ABOUT = Path(__file__).with_name("real_images.txt")
GRID = (SLICES, SIZE, SIZE)


@dataclass(frozen=True, eq=False)
class Subject:
    """One subject's scan in one contrast, on the grid of the brain models.

    Attributes:
        label: as the page shows it.
        healthy: whether nothing ill is known of this brain.
        image: intensities in 255ths, zero outside the brain, (60, 128, 128), uint8.
        brain: (60, 128, 128), bool.
        lesions: (60, 128, 128), bool; None where nobody marked any.
        pixel_mm: size of a pixel in the subject, mm.
    """

    label: str
    healthy: bool
    image: Tensor
    brain: Tensor
    lesions: Tensor | None
    pixel_mm: float

    @property
    def unmarked(self) -> bool:
        """Whether this brain is ill, and nobody marked where."""
        return not self.healthy and self.lesions is None


@lru_cache(maxsize=3)
def read_subjects(contrast: str) -> tuple[Subject, ...]:
    """The subjects of whom there is this contrast; ValueError where the file is missing or damaged."""
    try:
        with np.load(FILE, allow_pickle=False) as file:
            labels = [str(label) for label in file["subjects"]]
            return tuple(_subject(file, label, contrast) for label in labels if f"{label}/{contrast}" in file)
    except (OSError, EOFError, KeyError, ValueError, BadZipFile, zlib.error) as error:
        raise ValueError(
            f"the real images {FILE.name} are missing or damaged; take the file from the repository again"
        ) from error


def _subject(file: np.lib.npyio.NpzFile, label: str, contrast: str) -> Subject:
    brain = _unpacked(file[f"{label}/brain"], GRID)
    pixels = int(brain.sum())
    image = np.zeros(GRID, np.uint8)
    image[brain] = file[f"{label}/{contrast}"]
    lesions = None
    if f"{label}/lesions" in file:
        lesions = np.zeros(GRID, bool)
        lesions[brain] = _unpacked(file[f"{label}/lesions"], (pixels,))
    return Subject(
        label,
        label in file["healthy"],
        torch.from_numpy(image),
        torch.from_numpy(brain),
        None if lesions is None else torch.from_numpy(lesions),
        float(file[f"{label}/pixel_mm"]),
    )


def _unpacked(bits: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """The mask whose packed bits these are; ValueError where they are too few."""
    return np.unpackbits(bits, count=int(np.prod(shape))).reshape(shape).astype(bool)
