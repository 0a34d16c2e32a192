"""Every cache of the pages: bounded, shared by all sessions; keys are names, seeds and hashes, never arrays.

What is kept here is made from the app's own data alone; uploads must not enter.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray

from explorer.contracts import ScoreMap, Slice
from explorer.evaluation.cohort import CohortResult
from explorer.evidence.walk import Walk

T = TypeVar("T")


class Recent(Generic[T]):
    """The most recently used results, at most `size`; safe for threads.

    Args:
        size: how many, or how much of what `weigh` says.
        weigh: what a result counts for; None: 1. One that counts for more than `size` is not kept.
    """

    def __init__(self, size: float, weigh: Callable[[T], float] | None = None) -> None:
        self._lock = threading.Lock()
        self._kept: LRUCache[Hashable, T] = LRUCache(size, weigh)
        self._most, self._weigh = size, weigh or (lambda _: 1)

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Hashable) -> T | None:
        """What is kept under `key`, or None."""
        with self._lock:
            return self._kept.get(key)

    def put(self, key: Hashable, value: T) -> T:
        """Keep `value` and return it; the one unused for longest goes."""
        with self._lock:
            if self._weigh(value) <= self._most:
                self._kept[key] = value
        return value

    def get_or_make(self, key: Hashable, make: Callable[[], T]) -> T:
        """What is kept under `key`, made first if need be; two threads may make it at the same time."""
        found = self.get(key)
        return self.put(key, make()) if found is None else found


@dataclass(frozen=True, eq=False)
class SliceCaches:
    """What was made of single slices.

    Attributes:
        packets: the packets of the slices seen last; at less than 3 MB a slice, 36 MB.
        groups: frames of some betas; see `explorer.looking.frames`.
        runs: what predictors of many passes made, step by step; at most 6 MB each, 48 MB.
        walks: latent restorations, code by code; at most 5 MB each, 40 MB.
    """

    packets: Recent[tuple[bytes, ...]] = field(default_factory=lambda: Recent(12))
    groups: Recent[Any] = field(default_factory=lambda: Recent(4))
    runs: Recent[tuple[ScoreMap, ...]] = field(default_factory=lambda: Recent(8))
    walks: Recent[Walk] = field(default_factory=lambda: Recent(8))


SLICES = SliceCaches()
"""Of the datasets' slices; those of a person's own scan have caches of their own."""
SEEN: Recent[Slice] = Recent(256)
"""Slices of all datasets, as these give them; at most .3 MB each, 72 MB."""
COHORTS: Recent[CohortResult] = Recent(40e6, lambda result: result.bytes)
"""40 MB: one of 64 slices with five predictors has 3 MB."""
DRAWN: Recent[Any] = Recent(8)
"""Curves and figures of the cohorts seen last, by their results, which are told apart by identity."""
HEALTHY: Recent[CohortResult] = Recent(128)
QUANTILES: Recent[NDArray[np.float64]] = Recent(256)
