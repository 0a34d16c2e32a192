"""Where training batches come from, by the recipe's dataset."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import torch
from torch import Tensor

from explorer.datasets.brain.pool import BrainBatches, build_pool
from explorer.datasets.fashion_mnist.dataset import FashionMnistFamily
from explorer.training.recipe import Recipe


class Batches(Protocol):
    """Draws training images."""

    def batch(self, count: int, generator: torch.Generator) -> Tensor:
        """`count` images, (B, 1, H, W), float32 in [0, 1]; all randomness comes from `generator`."""
        ...


@dataclass(frozen=True, eq=False)
class ImageBatches:
    """Draws from images held in memory.

    Attributes:
        images: (N, 1, H, W), float32 in [0, 1].
    """

    images: Tensor

    def batch(self, count: int, generator: torch.Generator) -> Tensor:
        return self.images[torch.randint(len(self.images), (count,), generator=generator)]


def batches_for(
    recipe: Recipe, output: Path, real_folder: Path | None, progress: Callable[[int, int], None]
) -> Batches:
    """Open the source that the recipe names; builds the brain pool in `output` where it is not there yet.

    Args:
        recipe: what to train.
        output: folder for files that training keeps.
        real_folder: folder of real anatomies, or None.
        progress: called with slices done and in all while the pool is built.

    Raises:
        ValueError: where the dataset is unknown or its data is not there.
    """
    if recipe.dataset == "fashion-mnist":
        return ImageBatches(FashionMnistFamily()("").images("train"))
    if recipe.dataset == "brain":
        key = hashlib.sha256(f"{recipe.pool}:{recipe.real_share}:2".encode()).hexdigest()[:8]
        path = output / f"brain-pool-{key}.npy"
        build_pool(path, recipe.pool, recipe.real_share, real_folder, progress)
        return BrainBatches.open(path)
    raise ValueError(f"dataset of a recipe must be fashion-mnist or brain, got {recipe.dataset!r}")
