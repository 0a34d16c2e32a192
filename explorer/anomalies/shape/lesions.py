"""Shapes of real lesions in MNI space: 1,604 masks of strokes and of multiple sclerosis, without images.

Acute strokes of the Stroke Outcome Optimization Project (Absher et al., Scientific Data 2024), chronic ones
of the left hemisphere from LESYMAP (Pustina et al., Neuropsychologia 2018), multiple sclerosis from Lesjak
et al. (Neuroinformatics 2017; not the three patients whose images are for testing). Licences: lesions.txt.
"""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer.datasets.brain.anatomy import sample

FILE = Path(__file__).with_name("lesions.npz")
"""`bits[offset[i]:offset[i + 1]]` unpacked to `shape[i]`, put at `start[i]` of a grid `grid` with `affine`
(RAS, 2 mm); `source`, `name` and `ml`, the volume before resampling to 2 mm, of each."""

ANY = "any"
CAUSES = (ANY, "acute-stroke", "chronic-stroke", "multiple-sclerosis")
SOURCES = {"soop": "acute-stroke", "lesymap": "chronic-stroke", "ms": "multiple-sclerosis"}

VOLUMES = (ANY, "0.3", "1", "3", "10", "30", "100", "300")
"""Marks, ml, in equal ratios; every lesion belongs to the one that is nearest in ratio."""


@dataclass(frozen=True, eq=False)
class LesionShape:
    """The mask of one lesion, or of all lesions of one brain.

    Attributes:
        voxels: 1 inside, 0 outside, (1, X, Y, Z), float32; with a margin of zeros.
        origin: MNI coordinates of the first voxel, (3,), mm.
        spacing: size of a voxel, mm.
        cause: one of `CAUSES`.
        name: in the collection that it comes from.
        ml: its volume.
    """

    voxels: Tensor
    origin: Tensor
    spacing: float
    cause: str
    name: str
    ml: float

    def at(self, points: Tensor) -> Tensor:
        """Share of the lesion, trilinear, (H, W), in [0, 1], at `points`, (3, H, W), MNI mm."""
        ends = self.origin + self.spacing * (torch.tensor(self.voxels.shape[1:]) - 1)
        near = ((points > self.origin[:, None, None]) & (points < ends[:, None, None])).all(0)
        found = torch.zeros(points.shape[1:])
        found[near] = sample(self.voxels, points[:, near], self.origin, self.spacing)[0]
        return found

    @property
    def largest_section(self) -> float:
        """Area of its largest axial section, mm^2."""
        return float(self.voxels.sum((0, 1, 2)).max()) * self.spacing**2

    def __str__(self) -> str:
        return f"{self.cause.replace('-', ' ')} of {self.ml:.3g} ml, {self.name}"


@dataclass(frozen=True, eq=False)
class LesionShapes:
    """All of them, packed; N in number.

    Attributes:
        arrays: as in `FILE`.
        causes: (N,), texts of `CAUSES`.
        volumes: (N,), texts of `VOLUMES`.
        heights: MNI z of the lowest and of the highest voxel, (N, 2), mm.
    """

    arrays: dict[str, NDArray[Any]]
    causes: NDArray[np.str_]
    volumes: NDArray[np.str_]
    heights: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.causes)

    def __getitem__(self, index: int) -> LesionShape:
        affine, start = self.arrays["affine"], self.arrays["start"][index]
        spacing = float(affine[0, 0])
        return LesionShape(
            voxels=torch.from_numpy(np.pad(_unpacked(self.arrays, index), 1).astype(np.float32))[None],
            origin=torch.from_numpy((affine[:3, 3] + spacing * (start - 1.0)).astype(np.float32)),
            spacing=spacing,
            cause=str(self.causes[index]),
            name=str(self.arrays["name"][index]),
            ml=float(self.arrays["ml"][index]),
        )

    def of(self, cause: str, volume: str = ANY) -> NDArray[np.bool_]:
        """Which of them, (N,), have this cause and this volume."""
        found = np.full(len(self), True)
        if cause != ANY:
            found &= self.causes == cause
        if volume != ANY:
            found &= self.volumes == volume
        return found

    def between(self, low: float, high: float) -> NDArray[np.bool_]:
        """Which of them, (N,), reach heights from `low` to `high`, MNI mm."""
        found: NDArray[np.bool_] = (self.heights[:, 0] <= high) & (self.heights[:, 1] >= low)
        return found

    def volumes_among(self, chosen: NDArray[np.bool_]) -> list[str]:
        """The marks that some of the chosen, (N,), belong to, ascending."""
        found = set(self.volumes[chosen].tolist())
        return [mark for mark in VOLUMES if mark in found]


@lru_cache(maxsize=1)
def lesion_shapes() -> LesionShapes:
    """The shapes that come with the package; ValueError where their file is missing or damaged."""
    try:
        with np.load(FILE, allow_pickle=False) as file:
            arrays = {key: file[key] for key in file.files}
        return LesionShapes(
            arrays=arrays,
            causes=np.array([SOURCES[source] for source in arrays["source"].tolist()]),
            volumes=np.array([volume_of(ml) for ml in arrays["ml"].tolist()]),
            heights=_heights(arrays),
        )
    except (OSError, EOFError, KeyError, ValueError, BadZipFile, zlib.error) as error:
        raise ValueError(
            f"the file of lesion shapes {FILE.name} is missing or damaged; take it from the repository again"
        ) from error


def volume_of(ml: float) -> str:
    """The mark nearest in ratio to a volume.

    >>> volume_of(0.01), volume_of(5), volume_of(6), volume_of(860)
    ('0.3', '3', '10', '300')
    """
    return min(VOLUMES[1:], key=lambda mark: abs(math.log(float(mark) / ml)))


def _heights(arrays: dict[str, NDArray[Any]]) -> NDArray[np.float64]:
    affine, lowest = arrays["affine"], arrays["start"][:, 2]
    planes = np.stack((lowest, lowest + arrays["shape"][:, 2] - 1), axis=1)
    found: NDArray[np.float64] = affine[2, 3] + affine[2, 2] * planes
    return found


def _unpacked(arrays: dict[str, NDArray[Any]], index: int) -> NDArray[np.uint8]:
    first, last = arrays["offset"][index : index + 2]
    shape = arrays["shape"][index]
    bits: NDArray[np.uint8] = np.unpackbits(arrays["bits"][first:last], count=int(np.prod(shape)))
    return bits.reshape(shape)
