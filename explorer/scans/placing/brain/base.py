"""What all ways of finding a brain share: what they are given, what they answer, how they are listed."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray

from explorer.registry import Registry
from explorer.scans.reading.files import refusal
from explorer.scans.reading.scan import voxel_sizes

LEAST_ML, MOST_ML = 40.0, 2200.0
"""Volume of what counts as a brain or a part of one."""

LEAST_BACKGROUND = 0.1
"""Share of zeros from which they count as background."""

AUTO, GIVEN = "auto", "mask"


@dataclass(frozen=True, eq=False)
class Head:
    """What a brain is looked for in.

    Attributes:
        name: of the file, for messages.
        data: intensities, (I, J, K), finite, float32; of a CT, in [0, 1] after its window.
        affine: from voxel indices to mm (RAS), (4, 4).
        ct: whether it is a CT.
        given: a mask that came along, shape of `data`, or None.
        device: where a network runs.
        turn: held while a network runs, or None.
    """

    name: str
    data: NDArray[np.float32]
    affine: NDArray[np.float64]
    ct: bool = False
    given: NDArray[np.bool_] | None = None
    device: torch.device = torch.device("cpu")
    turn: AbstractContextManager[object] | None = None

    @property
    def spacing(self) -> tuple[float, ...]:
        """Size of a voxel along each stored axis, mm."""
        return voxel_sizes(self.affine)

    @cached_property
    def nonzero(self) -> NDArray[np.bool_]:
        """What is not zero, and the holes in it."""
        return filled(self.data != 0)

    @cached_property
    def on_zeros(self) -> bool:
        """Whether the file's background was set to zero."""
        return bool(np.count_nonzero(self.data) <= (1 - LEAST_BACKGROUND) * self.data.size)

    @property
    def field_ml(self) -> float:
        """Volume of the whole scan."""
        return self.data.size * float(np.prod(self.spacing)) / 1000

    def ml(self, mask: NDArray[np.bool_]) -> float:
        """Volume of a mask."""
        return float(np.count_nonzero(mask)) * float(np.prod(self.spacing)) / 1000

    def thinned(self, size: float, most: int = 2**31) -> tuple[NDArray[np.float32], tuple[int, ...]]:
        """Every n-th voxel along each axis, and each n, so that they are about `size` mm apart.

        Args:
            size: mm.
            most: voxels along an axis.
        """
        pairs = zip(self.spacing, self.data.shape, strict=True)
        steps = tuple(max(1, round(size / mm), math.ceil(count / most)) for mm, count in pairs)
        return self.data[:: steps[0], :: steps[1], :: steps[2]], steps

    def whole(self, thin: NDArray[np.bool_], steps: tuple[int, ...]) -> NDArray[np.bool_]:
        """A mask of thinned voxels on all of them."""
        places = (np.arange(count) // step for count, step in zip(self.data.shape, steps, strict=True))
        found: NDArray[np.bool_] = thin[np.ix_(*places)]
        return found


@dataclass(frozen=True, eq=False)
class Brain:
    """A brain and how it was found.

    Attributes:
        mask: True in the brain, shape of the scan, bool.
        way: a name of `BRAINS`, never `auto`.
        ml: its volume.
        note: a sentence for people on how it was found.
        notes: sentences on what else should be known of it.
        warnings: sentences on what is doubtful about it.
    """

    mask: NDArray[np.bool_]
    way: str
    ml: float
    note: str
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


class Way(ABC):
    """A way of finding a brain.

    Attributes:
        title: short name for people.
        help: one line for page and command.
        order: where it is listed, the smallest first.
    """

    title: ClassVar[str]
    help: ClassVar[str]
    order: ClassVar[int] = 100

    @abstractmethod
    def find(self, head: Head) -> Brain:
        """Find the brain.

        Raises:
            ValueError: where nothing of the size of a brain is found.
        """

    def brain(self, head: Head, mask: NDArray[np.bool_], note: str) -> Brain:
        """A mask as this way's answer; ValueError where it has not the size of a brain or a part of one."""
        ml = head.ml(mask)
        if not LEAST_ML <= ml <= MOST_ML:
            raise refusal(
                head.name,
                f"shows no brain ({self.title} finds {ml:,.0f} ml; expected {LEAST_ML:g} to {MOST_ML:,.0f})",
                "pass a brain mask, choose another way to find the brain, or check voxel size"
                + (" and window: MR has none" if head.ct else ""),
            )
        return Brain(mask, BRAINS.name_of(type(self)), ml, note)


BRAINS: Registry[type[Way]] = Registry("way to find the brain", "explorer.scans.placing.brain")


def listed() -> list[str]:
    """The names of all ways as people are shown them."""
    return sorted(BRAINS.names(), key=lambda name: (BRAINS[name].order, name))


def filled(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """A mask without the holes that it encloses."""
    import fill_voids  # takes a while

    found: NDArray[Any] = fill_voids.fill(np.asfortranarray(mask))
    return found.astype(bool, copy=False)
