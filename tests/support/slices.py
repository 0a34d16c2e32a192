"""Small slices of a made-up scan, and a source of such scans."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from explorer.contracts import Axis, Slice
from explorer.datasets.base import Source
from tests.support.linear_vae import images


def small_scan(seed: int = 0, count: int = 5, contrast: str = "t1") -> list[Slice]:
    """Slices of 16 x 16 pixels, the first and the last without foreground; the height of each is known."""
    inside = torch.zeros(16, 16, dtype=torch.bool)
    inside[2:14, 3:15] = True
    return [
        Slice(
            image,
            inside if 0 < index < count - 1 else torch.zeros_like(inside),
            f"slice {index}",
            contrast=contrast,
            position=index,
        )
        for index, image in enumerate(images(count, 16, seed=seed).float()[:, 0])
    ]


class SmallScans(Source):
    """Scans of five slices each."""

    name = "small"
    note = "Made for a test."
    image_size = (16, 16)

    def axes(self, split: str) -> tuple[Axis, ...]:
        return Axis("subject", "Which scan.", 50), Axis("slice", "Which slice.", 5)

    def slice(self, split: str, *coordinates: int) -> Slice:
        return small_scan(coordinates[0])[coordinates[1]]

    def scans(self, split: str, count: int) -> Sequence[Sequence[tuple[int, ...]]]:
        return [[(subject, index) for index in range(5)] for subject in range(count)]
