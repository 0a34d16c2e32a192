"""The registry of dataset families and the one place that loads a dataset by its name."""

from __future__ import annotations

from functools import lru_cache
from typing import Protocol

from explorer.contracts import Dataset
from explorer.registry import Registry


class DatasetFamily(Protocol):
    """Builds the datasets of one source.

    Attributes:
        options: what may follow the slash in a name, e.g. `flair` in `brain/flair`; empty if nothing may.
    """

    @property
    def options(self) -> tuple[str, ...]: ...

    def __call__(self, option: str) -> Dataset: ...


DATASETS: Registry[DatasetFamily] = Registry("dataset", "explorer.datasets")


def dataset_names() -> tuple[str, ...]:
    """Every name that `load_dataset` takes, families with options spelt out."""
    return tuple(
        name
        for family in DATASETS.names()
        for name in ([f"{family}/{option}" for option in DATASETS[family].options] or [family])
    )


@lru_cache(maxsize=8)
def load_dataset(name: str) -> Dataset:
    """Build the dataset called `name`, e.g. `fashion-mnist` or `brain/flair`.

    Raises:
        ValueError: if family or option is unknown; the message lists the known ones.
    """
    family_name, _, option = name.partition("/")
    family = DATASETS[family_name]
    if option not in (family.options or ("",)):
        known = ", ".join(dataset_names())
        raise ValueError(f"unknown dataset {name!r}; known: {known}")
    return family(option)
