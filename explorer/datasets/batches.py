"""Training images: from memory, or from the slices of datasets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from explorer.contracts import Batch, Conditions, Dataset, Slice, stack


@dataclass(frozen=True, eq=False)
class ImageBatches:
    """Draws from images held in memory, of which no more is known; satisfies `Batches`.

    Attributes:
        images: (N, 1, H, W), float32 in [0, 1].
    """

    images: Tensor

    def batch(self, count: int, generator: torch.Generator) -> Batch:
        images = self.images[torch.randint(len(self.images), (count,), generator=generator)]
        return Batch(images, Conditions.unknown(count))


@dataclass(frozen=True, eq=False)
class SliceBatches:
    """Draws from the `train` splits of datasets, each dataset and each of its slices equally often.

    Satisfies `Batches`. Slices are made anew each time they are drawn.
    """

    datasets: Sequence[Dataset]

    def batch(self, count: int, generator: torch.Generator) -> Batch:
        slices = [self._slice(generator) for _ in range(count)]
        return Batch(stack([one.image for one in slices]), Conditions.of(slices))

    def _slice(self, generator: torch.Generator) -> Slice:
        dataset = self.datasets[_below(len(self.datasets), generator)]
        place = (_below(axis.size, generator) for axis in dataset.axes("train"))
        return dataset.slice("train", *place)


def _below(count: int, generator: torch.Generator) -> int:
    return int(torch.randint(count, (), generator=generator))
