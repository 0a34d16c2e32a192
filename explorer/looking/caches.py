"""Every cache of the app: bounded, shared by all sessions, keyed by names, seeds and hashes, never by arrays.

What is kept here is made from the app's own data alone; uploads must not enter.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Generic, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer.cards import Pretrained, load_pretrained
from explorer.contracts import Axis, Dataset, ScoreMap, Slice
from explorer.datasets import load_dataset
from explorer.devices import pick_device
from explorer.evaluation.cohort import CohortResult, calibration_slices
from explorer.evidence.walk import Walk

T = TypeVar("T")


class Recent(Generic[T]):
    """The most recently used results, at most `size`; safe for threads."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, T] = OrderedDict()

    def get(self, key: Hashable) -> T | None:
        """What is kept under `key`, or None."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: Hashable, value: T) -> T:
        """Keep `value` and return it; the one unused for longest goes."""
        with self._lock:
            self._kept[key] = value
            self._kept.move_to_end(key)
            while len(self._kept) > self.size:
                self._kept.popitem(last=False)
        return value

    def get_or_make(self, key: Hashable, make: Callable[[], T]) -> T:
        """What is kept under `key`, made first if need be; two threads may make it at the same time."""
        found = self.get(key)
        return self.put(key, make()) if found is None else found


@dataclass(frozen=True, eq=False)
class RememberedDataset:
    """A dataset that keeps its most recent slices; satisfies `Dataset`."""

    source: Dataset
    slices: Recent[Slice] = field(default_factory=lambda: Recent(512))

    @property
    def name(self) -> str:
        return self.source.name

    @property
    def image_size(self) -> tuple[int, int]:
        return self.source.image_size

    @property
    def note(self) -> str:
        return self.source.note

    def axes(self, split: str) -> tuple[Axis, ...]:
        return self.source.axes(split)

    def slice(self, split: str, *coordinates: int) -> Slice:
        return self.slices.get_or_make((split, coordinates), lambda: self.source.slice(split, *coordinates))

    def cohort(self, split: str, count: int, seed: int) -> Sequence[tuple[int, ...]]:
        return self.source.cohort(split, count, seed)

    def held_out_cohort(self, count: int, seed: int) -> Sequence[tuple[int, ...]]:
        return self.source.held_out_cohort(count, seed)


@dataclass(frozen=True, eq=False)
class SliceCaches:
    """What was made of single slices.

    Attributes:
        packets: the packets of the slices seen last; at less than 3 MB a slice, 36 MB.
        current: frames of single betas, with the evidence on them; see `explorer.looking.frames`.
        runs: what predictors of many passes made, step by step; at most 6 MB each, 48 MB.
        walks: latent restorations, code by code; at most 5 MB each, 40 MB.
    """

    packets: Recent[tuple[bytes, ...]] = field(default_factory=lambda: Recent(12))
    current: Recent[Any] = field(default_factory=lambda: Recent(4))
    runs: Recent[tuple[ScoreMap, ...]] = field(default_factory=lambda: Recent(8))
    walks: Recent[Walk] = field(default_factory=lambda: Recent(8))


SLICES = SliceCaches()
"""Of the datasets' slices; those of a person's own scan have caches of their own."""
WORKERS = 1 if torch.cuda.is_available() or (os.cpu_count() or 1) < 2 else 2
"""Threads that use the network at once; on the CPU each has half of the cores, see `device`."""
COHORTS: Recent[CohortResult] = Recent(64)
DRAWN: Recent[Any] = Recent(8)
"""Curves and figures of the cohorts seen last, by their results, which are told apart by identity."""
HEALTHY: Recent[CohortResult] = Recent(128)
QUANTILES: Recent[NDArray[np.float64]] = Recent(256)
NETWORK = threading.Semaphore(WORKERS)
"""Held during the network's passes: more of them at once on the same cores are slower than in turn."""


@lru_cache(maxsize=8)
def dataset(name: str) -> RememberedDataset:
    """The dataset called `name`."""
    return RememberedDataset(load_dataset(name))


@lru_cache(maxsize=4)
def healthy_slices(name: str, count: int) -> tuple[Tensor, Tensor]:
    """Images and foregrounds of some calibration slices; see `calibration_slices`."""
    return calibration_slices(load_dataset(name), count)


@lru_cache(maxsize=1)
def device() -> torch.device:
    """The device of this server.

    On the CPU torch gets half of the cores, and two passes run at once where there are two to run: threads of
    torch that wait for each other, on cores that a browser or another session keeps busy, cost more.
    """
    torch.set_num_threads(max(1, (os.cpu_count() or 1) // 2))
    return pick_device("auto")


@lru_cache(maxsize=4)
def pretrained(name: str) -> Pretrained:
    """The model called `name` on this server's device."""
    return load_pretrained(name, device())
