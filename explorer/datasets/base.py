"""What a source of slices says of itself, the registry of sources, and datasets by their names."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

import torch

from explorer.contracts import Axis, Batches, Slice
from explorer.datasets.batches import SliceBatches
from explorer.randomness import stream
from explorer.registry import Registry
from explorer.settings import NoSettings

SPLITS = ("train", "calibration", "test")

Progress = Callable[[int, int], None]
"""Told how much is done and how much there is in all."""


class Source(ABC):
    """A family of datasets; an instance is one of them and satisfies `Dataset`.

    The constructor takes an option, or the empty text where there are none.

    Attributes:
        options: what may follow the slash in a name, e.g. `flair` in `brain/flair`; empty if nothing may.
        option_title: what an option is, in a word for the page.
        option_help: one line on what the options mean.
        training_settings: a dataclass of settings, which a recipe gives under `[images]`.
        like: the family, with the same options, whose images these are like, so that its models and healthy
            scores hold for them; empty where that is this family itself.
        anomaly: registry name of the anomaly that a page begins with; empty for the page's usual one.
    """

    options: ClassVar[tuple[str, ...]] = ()
    option_title: ClassVar[str] = "Variant"
    option_help: ClassVar[str] = "Which of the datasets of this source."
    training_settings: ClassVar[type[Any]] = NoSettings
    like: ClassVar[str] = ""
    anomaly: ClassVar[str] = ""

    def __init__(self, option: str = "") -> None:
        self.option = option

    @property
    @abstractmethod
    def name(self) -> str: ...

    @property
    @abstractmethod
    def image_size(self) -> tuple[int, int]: ...

    @property
    @abstractmethod
    def note(self) -> str: ...

    @property
    def licence(self) -> str:
        """What must go along with its images: licence, origin and citation; empty: `note` says it all."""
        return ""

    @abstractmethod
    def axes(self, split: str) -> tuple[Axis, ...]:
        """The coordinates of a split; ValueError where there is no such split; see `Dataset`."""

    @abstractmethod
    def slice(self, split: str, *coordinates: int) -> Slice:
        """The slice at these coordinates; ValueError as `check_place`."""

    def cohort(self, split: str, count: int, seed: int) -> Sequence[tuple[int, ...]]:
        """Coordinates of `count` different healthy slices; unless told otherwise, of all slices."""
        sizes = [axis.size for axis in self.axes(split)]
        total = math.prod(sizes)
        check_count(count, total, f"split {split!r} of {self.name}")
        drawn = torch.randperm(total, generator=stream(seed, "cohort", self.name, split))[:count]
        return [tuple(map(int, place)) for place in torch.stack(torch.unravel_index(drawn, sizes), 1)]

    def held_out_cohort(self, count: int, seed: int) -> Sequence[tuple[int, ...]]:
        """The same for test slices that are anomalous by themselves; unless told otherwise, of none."""
        return ()

    def scans(self, split: str, count: int) -> Sequence[Sequence[tuple[int, ...]]]:
        """Coordinates of all slices of `count` scans, from below; unless told otherwise there are none."""
        return ()

    @classmethod
    def batches(cls, settings: Any, *, output: Path, given: Path | None, progress: Progress) -> Batches:
        """Where training images come from; unless told otherwise the slices of the `train` split.

        Args:
            settings: of the type `training_settings`.
            output: folder for files that training keeps.
            given: folder with data that a person brought, or None.
            progress: called while something is prepared.

        Raises:
            ValueError: where data is not there.
        """
        return SliceBatches([cls(option) for option in cls.options or ("",)])

    @classmethod
    def download(cls) -> Path:
        """Fetch the published files and return their folder.

        Raises:
            OSError: where the network fails.
            ValueError: where there is nothing to fetch, or it is not what was published.
        """
        raise ValueError("there is nothing to download for this dataset: all of it comes with the explorer")


DATASETS: Registry[type[Source]] = Registry("dataset", "explorer.datasets")


def check_split(split: str) -> None:
    """Raise ValueError unless there is such a split."""
    if split not in SPLITS:
        raise ValueError(f"split must be one of {', '.join(SPLITS)}; got {split!r}")


def check_place(split: str, axes: Sequence[Axis], coordinates: Sequence[int]) -> None:
    """Raise ValueError unless there is one coordinate for each axis, and inside of it."""
    if len(coordinates) != len(axes):
        expected = ", ".join(axis.name for axis in axes)
        raise ValueError(f"coordinates of split {split!r} must be ({expected}), got {tuple(coordinates)}")
    for axis, value in zip(axes, coordinates, strict=True):
        if not 0 <= value < axis.size:
            raise ValueError(f"{axis.name} must be in [0, {axis.size - 1}], got {value}")


def check_count(count: int, most: int, where: str) -> None:
    """Raise ValueError unless a cohort of `count` slices can be drawn."""
    if not 1 <= count <= most:
        raise ValueError(f"slices of a cohort must be in [1, {most}] for {where}, got {count}")


def dataset_names() -> tuple[str, ...]:
    """Every name that `load_dataset` takes, families with options spelt out."""
    return tuple(
        name
        for family in DATASETS.names()
        for name in ([f"{family}/{option}" for option in DATASETS[family].options] or [family])
    )


def reference_of(name: str) -> str:
    """The dataset whose models and healthy scores are those of the dataset `name`: itself, or see `like`."""
    family, slash, option = name.partition("/")
    return ((DATASETS[family].like if family in DATASETS else "") or family) + slash + option


@lru_cache(maxsize=8)
def load_dataset(name: str) -> Source:
    """Build the dataset called `name`, e.g. `fashion-mnist` or `brain/flair`.

    Raises:
        ValueError: if family or option is unknown; the message lists the known ones.
    """
    if name not in dataset_names():
        raise ValueError(f"unknown dataset {name!r}; known: {', '.join(dataset_names())}")
    family, _, option = name.partition("/")
    return DATASETS[family](option)
