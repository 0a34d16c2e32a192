"""Whether a brain lies as its file says: its shape against the template's, and against it turned.

The overlap (Dice) of the brain, moved and scaled to the centre and volume of the template and nodded by up to
20 degrees, with the template's. Whole brains that lie as said reach .90 and more, however they were found;
upside down, back to front or on their side they stay below .89, as balls do (tests.benchmarks.brains).
Brains that are cut have another shape; up to a fifth of them may be missing, and still no turn fits better.
Left and right look alike and cannot be told apart so.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from explorer.datasets.brain.anatomy import template_anatomy
from explorer.scans.placing.placement import TEMPLATE_ML, Placement, centre_of
from explorer.scans.reading.scan import voxel_sizes

STEP_MM, STEPS = 5.0, 44
NODS = (-20.0, 0.0, 20.0)
"""How the head may be nodded, degrees."""

FITTING = 0.89
"""Overlap from which a whole brain lies as said."""

BETTER = 0.01
"""By how much it must be larger when turned, so that the turn is named; of brains that lie as said it is
smaller by .04 and more."""

_THIN_MM = 2.0

TURNS = {
    "upside down": ((1, 0, 0), (0, -1, 0), (0, 0, -1)),
    "mirrored from top to bottom": ((1, 0, 0), (0, 1, 0), (0, 0, -1)),
    "mirrored from back to front": ((1, 0, 0), (0, -1, 0), (0, 0, 1)),
    "with its top to the front": ((1, 0, 0), (0, 0, 1), (0, -1, 0)),
    "with its top to the back": ((1, 0, 0), (0, 0, -1), (0, 1, 0)),
    "with up and front exchanged": ((1, 0, 0), (0, 0, 1), (0, 1, 0)),
    "with its top to the side": ((0, 0, 1), (0, 1, 0), (1, 0, 0)),
    "with its face to the side": ((0, 1, 0), (1, 0, 0), (0, 0, 1)),
}
"""From the person's axes to where a file has them, (3, 3)."""


@dataclass(frozen=True)
class Lying:
    """How well a brain lies.

    Attributes:
        fit: overlap with the template's brain as the file says it lies, in [0, 1].
        turned: the turn with which it fits better, a key of `TURNS`; empty where there is none.
    """

    fit: float
    turned: str = ""

    @property
    def right(self) -> bool:
        """Whether it lies as said."""
        return self.fit >= FITTING and not self.turned


def lying(brain: NDArray[np.bool_], affine: NDArray[np.float64]) -> Lying:
    """Compare a whole brain with the template's.

    Args:
        brain: (I, J, K), bool, not empty.
        affine: from voxel indices to mm (RAS), (4, 4).
    """
    steps = [max(1, round(_THIN_MM / mm)) for mm in voxel_sizes(affine)]
    thin = brain[:: steps[0], :: steps[1], :: steps[2]].astype(np.float32)
    if not thin.any():
        return Lying(0.0)
    placed = affine @ np.diag([*steps, 1.0])
    fit = _fit(thin, placed, np.eye(3))
    fits = {name: _fit(thin, placed, np.array(turn, dtype=np.float64)) for name, turn in TURNS.items()}
    best = max(fits, key=lambda name: fits[name])
    return Lying(fit, best if fits[best] >= fit + BETTER else "")


def _fit(brain: NDArray[np.float32], affine: NDArray[np.float64], turn: NDArray[np.float64]) -> float:
    """The best overlap over all nods."""
    return max(_overlap(_on_grid(brain, affine, turn @ _nodded(angle)), _template()) for angle in NODS)


def _overlap(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    return float(2 * np.minimum(a, b).sum() / (a.sum() + b.sum()))


def _on_grid(
    brain: NDArray[np.float32], affine: NDArray[np.float64], turn: NDArray[np.float64]
) -> NDArray[np.float32]:
    """A brain of the template's volume about the middle of a coarse grid."""
    ml = float(brain.sum()) * abs(float(np.linalg.det(affine[:3, :3]))) / 1000
    to_world = np.eye(4)
    to_world[:3, :3] = turn * STEP_MM * (ml / TEMPLATE_ML) ** (1 / 3)
    to_world[:3, 3] = affine[:3, :3] @ centre_of(brain) + affine[:3, 3]
    to_world[:3, 3] -= to_world[:3, :3] @ np.full(3, (STEPS - 1) / 2)
    matrix = np.linalg.inv(affine) @ to_world
    return Placement(matrix, brain.shape, (STEPS,) * 3, 1.0, STEP_MM).to_model(brain)


@lru_cache(maxsize=1)
def _template() -> NDArray[np.float32]:
    """The template's brain on the grid."""
    anatomy = template_anatomy()
    affine = np.eye(4)
    affine[:3, 3] = anatomy.origin.numpy()
    return _on_grid((anatomy.tissues.sum(0) > 0.5).numpy().astype(np.float32), affine, np.eye(3))


def _nodded(angle: float) -> NDArray[np.float64]:
    """A turn about the axis from left to right, degrees."""
    cos, sin = np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))
    return np.array([[1, 0, 0], [0, cos, -sin], [0, sin, cos]])
