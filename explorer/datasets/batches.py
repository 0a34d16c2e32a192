"""Training images: from memory, or from the slices of datasets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from explorer.contracts import Dataset, stack


@dataclass(frozen=True, eq=False)
class ImageBatches:
    """Draws from images held in memory; satisfies `Batches`.

    Attributes:
        images: (N, 1, H, W), float32 in [0, 1].
    """

    images: Tensor

    def batch(self, count: int, generator: torch.Generator) -> Tensor:
        return self.images[torch.randint(len(self.images), (count,), generator=generator)]


@dataclass(frozen=True, eq=False)
class SliceBatches:
    """Draws from the `train` splits of datasets, each dataset and each of its slices equally often.

    Satisfies `Batches`. Slices are made anew each time they are drawn.
    """

    datasets: Sequence[Dataset]

    def batch(self, count: int, generator: torch.Generator) -> Tensor:
        return stack([self._image(generator) for _ in range(count)])

    def _image(self, generator: torch.Generator) -> Tensor:
        dataset = self.datasets[_below(len(self.datasets), generator)]
        place = (_below(axis.size, generator) for axis in dataset.axes("train"))
        return dataset.slice("train", *place).image


def _below(count: int, generator: torch.Generator) -> int:
    return int(torch.randint(count, (), generator=generator))
