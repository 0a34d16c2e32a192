"""What one server has for all its visitors: its device, its turn at the network, datasets and models."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from weakref import WeakKeyDictionary

import torch

from explorer.cards import Pretrained, load_pretrained
from explorer.concurrency.turns import Rank, Turn, Turns
from explorer.contracts import Axis, Dataset, Slice
from explorer.datasets import load_dataset, reference_of
from explorer.devices import pick_device, share_cores
from explorer.evaluation.calibrating import lacking, supplemented
from explorer.evaluation.calibration import Calibration
from explorer.evaluation.members import HealthySlices, calibration_slices
from explorer.looking import caches
from explorer.looking.caches import Recent
from explorer.predictors import Predictor


@dataclass(frozen=True, eq=False)
class RememberedDataset:
    """A dataset that keeps its most recent slices; satisfies `Dataset`."""

    source: Dataset
    slices: Recent[Slice] = field(default_factory=lambda: caches.SEEN)

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
        key = (self, split, coordinates)
        return self.slices.get_or_make(key, lambda: self.source.slice(split, *coordinates))

    def cohort(self, split: str, count: int, seed: int) -> Sequence[tuple[int, ...]]:
        return self.source.cohort(split, count, seed)

    def held_out_cohort(self, count: int, seed: int) -> Sequence[tuple[int, ...]]:
        return self.source.held_out_cohort(count, seed)


@lru_cache(maxsize=1)
def device() -> torch.device:
    """The device of this server; torch's threads are set when it is first asked for."""
    found = pick_device("auto")
    share_cores(found)
    return found


@lru_cache(maxsize=1)
def workers() -> int:
    """Threads that use the network at once."""
    return share_cores(device())


@lru_cache(maxsize=1)
def turns() -> Turns:
    """The turns at the network: more passes at once on the same cores are slower than in turn."""
    return Turns(workers())


def network(rank: Rank = Rank.NOW) -> Turn:
    """To be held during each pass of the network, for the visitor of this thread."""
    return turns().of(rank)


@lru_cache(maxsize=8)
def dataset(name: str) -> RememberedDataset:
    """The dataset called `name`."""
    return RememberedDataset(load_dataset(name))


@lru_cache(maxsize=4)
def healthy_slices(name: str, count: int) -> HealthySlices:
    """Some calibration slices; see `calibration_slices`."""
    return calibration_slices(load_dataset(reference_of(name)), count)


@lru_cache(maxsize=4)
def pretrained(name: str) -> Pretrained:
    """The model called `name` on this server's device."""
    return load_pretrained(name, device())


_SUPPLEMENTED: WeakKeyDictionary[Pretrained, Recent[Calibration]] = WeakKeyDictionary()
"""By model, so that what was gathered for a person's own goes with it."""


def calibration(model: Pretrained, name: str, predictors: Iterable[Predictor]) -> Calibration | None:
    """How healthy pixels of a dataset score; None where the model was not calibrated on it.

    What these predictors compare with and the model's files lack is gathered once. That waits for no turn at
    the network, as it may be asked for in the middle of one.
    """
    filed, wanted = model.healthy(name), tuple(predictors)
    if filed is None or not any(lacking(predictor, filed) for predictor in wanted):
        return filed
    kept = _SUPPLEMENTED.setdefault(model, Recent(8))
    found = kept.get((name, wanted))
    if found is None:
        found = supplemented(filed, model.model, wanted, partial(healthy_slices, name), device())
        assert found is not None
        kept.put((name, wanted), found)
    return found
