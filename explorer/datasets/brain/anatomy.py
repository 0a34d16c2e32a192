"""Brain anatomies and their deformation in 3-D.

An anatomy is a set of tissue maps; a subject is an anatomy seen through a random affine and elastic
deformation whose value is defined at every point of space, so that all slices of a subject belong to one
brain and any slice can be computed alone.

The template is the ICBM 152 nonlinear symmetric average of 2009 (Fonov et al., Unbiased average
age-appropriate atlases for pediatric studies, NeuroImage 2011): probabilities of grey and white matter at
1 mm. `explorer.datasets.brain.template` made its file.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from explorer.datasets.brain.variation import Variation
from explorer.randomness import stream

SIZE = 128
SPACING = 1.75
SLICES = 60
LOWEST_MM = -35.0
CENTRE_MM = (0.0, -18.0)
"""Centre of the field of view in MNI coordinates (x, y), mm."""

TEMPLATE = Path(__file__).with_name("icbm152.npz")
"""Grey and white matter in 255ths, (X, Y, Z), uint8; the brain, packed bits; the widening, see `Anatomy`,
float16; MNI coordinates of the first voxel, (3,), mm. Licence: icbm152.txt."""

SUBJECTS = {"train": (1_000_000, 100_000), "calibration": (2_000_000, 200), "test": (3_000_000, 200)}
"""First seed and number of subjects of each split."""


@dataclass(frozen=True, eq=False)
class Anatomy:
    """Tissue maps of one head.

    Attributes:
        tissues: probabilities of grey matter, white matter and cerebrospinal fluid, (3, X, Y, Z), float32.
        widening: unit-peak field that points into the ventricles, (3, X/2, Y/2, Z/2), float32, at twice the
            spacing.
        origin: MNI coordinates of the first voxel, (3,), mm.
        spacing: size of a voxel, mm.
        name: where it comes from.
        sulci: odds of fluid against tissue, times this, that give its maps the sulci of one living brain; 1
            where they are there already.
    """

    tissues: Tensor
    widening: Tensor
    origin: Tensor
    spacing: float
    name: str
    sulci: float = 1.0


@dataclass(frozen=True, eq=False)
class Deformation:
    """Maps a subject's coordinates to those of its anatomy.

    Attributes:
        affine: linear part, (3, 3).
        shift: translation, (3,), mm.
        coarse: displacement at the knots of a cubic B-spline 30 mm apart, (3, 9, 10, 9), mm.
        fine: the same 14 mm apart, (3, 17, 19, 17), mm.
        widening: displacement into the ventricles, mm; positive makes them larger.
        sulci: odds of fluid against tissue, times this; above 1 sulci are wider.
    """

    affine: Tensor
    shift: Tensor
    coarse: Tensor
    fine: Tensor
    widening: float
    sulci: float


def draw_deformation(seed: int, variation: Variation) -> Deformation:
    """Draw a subject: turned to 4 degrees, scaled to 7 %, displaced by a few mm (1 s.d.: 2.4 and 0.8).

    Its age widens ventricles and sulci together, not in lockstep.
    """
    generator = stream(seed, "anatomy")
    angles = torch.randn(3, generator=generator).clamp(-2, 2) * np.deg2rad(2.0)
    size = 1 + 0.035 * torch.randn(3, generator=generator).clamp(-2, 2)
    shear = 0.02 * torch.randn(3, generator=generator).clamp(-2, 2)
    cx, cy, cz = torch.cos(angles).tolist()
    sx, sy, sz = torch.sin(angles).tolist()
    rotate_x = torch.tensor([[1.0, 0, 0], [0, cx, -sx], [0, sx, cx]])
    rotate_y = torch.tensor([[cy, 0, sy], [0, 1.0, 0], [-sy, 0, cy]])
    rotate_z = torch.tensor([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1.0]])
    shearing = torch.eye(3)
    shearing[0, 1], shearing[0, 2], shearing[1, 2] = shear
    age, other, another = torch.rand(3, generator=stream(seed, "age")).tolist()
    age_of_ventricles, age_of_sulci = (0.7 * age + 0.3 * part for part in (other, another))
    narrow, wide = variation.widening
    closed, open_ = variation.sulci
    return Deformation(
        affine=rotate_x @ rotate_y @ rotate_z @ shearing @ torch.diag(size),
        shift=1.5 * torch.randn(3, generator=generator).clamp(-2, 2),
        coarse=3.6 * torch.randn(3, 9, 10, 9, generator=generator).clamp(-2.5, 2.5),
        fine=1.4 * torch.randn(3, 17, 19, 17, generator=generator).clamp(-2.5, 2.5),
        widening=narrow + (wide - narrow) * age_of_ventricles**1.5,
        sulci=closed * (open_ / closed) ** age_of_sulci,
    )


def slice_coordinates(index: int | Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """MNI coordinates of the columns (x, left to right of the brain), rows (y, from the front) and height.

    Returns:
        x: (128,), mm; y: (128,), mm, descending; z: one a slice, (B,), mm.
    """
    offsets = (torch.arange(SIZE) - (SIZE - 1) / 2) * SPACING
    return (
        CENTRE_MM[0] + offsets,
        CENTRE_MM[1] - offsets,
        LOWEST_MM + SPACING * torch.as_tensor(index).reshape(-1),
    )


def spline(knots: Tensor, x: Tensor, y: Tensor, z: Tensor) -> Tensor:
    """Cubic B-spline over the head, evaluated on a grid.

    Args:
        knots: coefficients, (C, I, J, K), spread over +-120 mm about the centre of the head; beyond
            the last knot but one the spline fades to zero.
        x: coordinates from left to right, (X,), mm.
        y: coordinates from back to front, (Y,), mm.
        z: coordinates from below to above, (Z,), mm.

    Returns:
        (C, X, Y, Z).
    """
    centres = (CENTRE_MM[0], CENTRE_MM[1], 10.0)
    along_x, along_y, along_z = (
        _spline_weights(axis - centre, count)
        for axis, centre, count in zip((x, y, z), centres, knots.shape[1:], strict=True)
    )
    # summed from left to right: over k first, as a slice has one z
    return torch.einsum("cijk,zk,xi,yj->cxyz", knots, along_z, along_x, along_y)


def sections(knots: Tensor, x: Tensor, y: Tensor, heights: Tensor) -> Tensor:
    """One plane, rows by columns, of each of B splines as in `spline`.

    Args:
        knots: coefficients, (B, C, I, J, K).
        x: of the columns, (X,), mm.
        y: of the rows, (Y,), mm.
        heights: of the planes, (B,), mm.

    Returns:
        (B, C, Y, X).
    """
    centres = (CENTRE_MM[0], CENTRE_MM[1], 10.0)
    along_x, along_y, along_z = (
        _spline_weights(axis - centre, count)
        for axis, centre, count in zip((x, y, heights), centres, knots.shape[2:], strict=True)
    )
    planes = torch.einsum("bcijk,bk->bcji", knots, along_z)
    return along_y @ planes @ along_x.T


def _spline_weights(offsets: Tensor, count: int) -> Tensor:
    step = 240.0 / (count - 1)
    distance = (offsets[:, None] - (torch.arange(count) * step - 120.0)[None]).abs() / step
    near = 2 / 3 - distance**2 + distance**3 / 2
    far = (2 - distance).clamp(min=0) ** 3 / 6
    return torch.where(distance < 1, near, far)


def subject_points(anatomy: Anatomy, deformation: Deformation, index: int) -> Tensor:
    """Where the pixels of a subject's axial slice lie in its anatomy, (3, 128, 128), mm; front on top."""
    x, y, z = slice_coordinates(index)
    displacement = spline(deformation.coarse, x, y, z) + spline(deformation.fine, x, y, z)  # (3, X, Y, 1)
    points = torch.stack(torch.meshgrid(x, y, z, indexing="ij"))
    points = (
        torch.einsum("ij,jxyz->ixyz", deformation.affine, points) + deformation.shift[:, None, None, None]
    )
    points = points + displacement
    widening = sample(anatomy.widening, points, anatomy.origin, 2 * anatomy.spacing)
    points = points + deformation.widening * widening
    return points[..., 0].transpose(1, 2).contiguous()  # (3, rows = y, columns = x)


def deform_slice(anatomy: Anatomy, deformation: Deformation, index: int, thickness: float = 0.0) -> Tensor:
    """Tissue maps of one axial slice of a subject, (3, 128, 128), float32 in [0, 1]; front on top.

    Args:
        anatomy: the subject's.
        deformation: the subject's.
        index: the slice.
        thickness: of the slice, mm: three planes within it are averaged.
    """
    return subject_tissues(anatomy, deformation, subject_points(anatomy, deformation, index), thickness)


def subject_tissues(
    anatomy: Anatomy, deformation: Deformation, points: Tensor, thickness: float = 0.0
) -> Tensor:
    """The same where a subject's pixels lie at `points`, (3, H, W), mm, of its anatomy."""
    up = torch.tensor([0.0, 0.0, thickness / 3])[:, None, None]
    planes = [points] if thickness < SPACING else [points - up, points, points + up]
    tissues = torch.stack([tissues_at(anatomy, plane) for plane in planes])
    odds = torch.tensor([anatomy.sulci * deformation.sulci])
    return widen_sulci(tissues, odds).mean(0)


def widen_sulci(tissues: Tensor, odds: Tensor) -> Tensor:
    """Give fluid what tissue has: the odds of fluid against grey and white matter, times `odds`.

    Where there is no fluid there is none after it; mixtures in sulci, at the rim and around ventricles
    become more fluid, the sum of the three stays.

    Args:
        tissues: grey matter, white matter and fluid, (B, 3, ...), in [0, 1].
        odds: (B,) or (1,), above 0.
    """
    solid, fluid = tissues[:, :2].sum(1), tissues[:, 2]
    odds = odds.view(-1, *[1] * (fluid.ndim - 1))
    share = (solid + fluid) / (solid + odds * fluid).clamp(min=1e-6)
    return torch.cat([tissues[:, :2] * share[:, None], (odds * fluid * share)[:, None]], dim=1)


def tissues_at(anatomy: Anatomy, points: Tensor) -> Tensor:
    """Tissue maps of an anatomy at `points`, (3, H, W), mm: (3, H, W), float32 in [0, 1]."""
    return sample(anatomy.tissues, points, anatomy.origin, anatomy.spacing)


def sample(volume: Tensor, points: Tensor, origin: Tensor, spacing: float) -> Tensor:
    """Trilinear samples of `volume`, (C, X, Y, Z), at `points`, (3, ...), mm; zero outside.

    Returns:
        (C, ...).
    """
    size = torch.tensor(volume.shape[1:])
    view = (3,) + (1,) * (points.ndim - 1)
    unit = 2 * (points - origin.view(view)) / (spacing * (size.view(view) - 1)) - 1
    grid = unit.flip(0).movedim(0, -1).reshape(1, 1, 1, -1, 3)  # grid_sample wants (z, y, x)
    found = F.grid_sample(volume[None], grid, mode="bilinear", align_corners=True)
    return found.reshape(volume.shape[0], *points.shape[1:])


def sharpened(
    grey: NDArray[np.uint8], white: NDArray[np.uint8], brain: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """Tissue maps, (3, X, Y, Z), from mean probabilities in 255ths, squared and scaled to a sum of 1.

    The average of many brains is blurred. Cerebrospinal fluid is the rest of the brain.
    """
    powered = np.empty((3, *brain.shape), np.float32)
    np.divide(grey, np.float32(255), out=powered[0])
    np.divide(white, np.float32(255), out=powered[1])
    np.clip(brain - powered[0] - powered[1], 0, 1, out=powered[2])
    powered *= powered
    powered *= brain / np.maximum(powered.sum(0), np.float32(1e-6))
    return powered


@lru_cache(maxsize=1)
def template_anatomy() -> Anatomy:
    """The ICBM 152 average, sharpened; ValueError where its file is missing or damaged."""
    try:
        with np.load(TEMPLATE, allow_pickle=False) as file:
            grey, white, widening, origin = (file[key] for key in ("grey", "white", "widening", "origin"))
            brain = np.unpackbits(file["brain"], count=grey.size).reshape(grey.shape).astype(bool)
    except (OSError, EOFError, KeyError, ValueError, BadZipFile, zlib.error) as error:
        raise ValueError(
            f"the brain template {TEMPLATE.name} is missing or damaged; take it from the repository again"
        ) from error
    return Anatomy(
        tissues=torch.from_numpy(sharpened(grey, white, brain)),
        widening=torch.from_numpy(widening.astype(np.float32)),
        origin=torch.from_numpy(origin.astype(np.float32)),
        spacing=1.0,
        name="ICBM 152 nonlinear symmetric 2009a",
        sulci=6.0,
    )
