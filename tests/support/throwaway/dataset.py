"""Waves with a bright dot in some, as a dataset to be thrown away; the dots carry masks of their own."""

from __future__ import annotations

import torch

from explorer.contracts import Axis, Slice
from explorer.datasets.base import DATASETS, Source, check_place, check_split
from explorer.randomness import stream

SIZE = 16
NOTE = "Waves that were made for a test; the last four of each split carry a bright dot and its mask."


@DATASETS.register("a-throwaway")
class Waves(Source):
    """Two kinds of waves."""

    options = ("fine", "coarse")
    option_title = "Waves"
    option_help = "How long the waves are."
    note = NOTE
    image_size = (SIZE, SIZE)

    @property
    def name(self) -> str:
        return f"a-throwaway/{self.option}"

    def axes(self, split: str) -> tuple[Axis, ...]:
        check_split(split)
        return Axis("kind", "With a dot or without.", 2), Axis("number", "Which of them.", 120, start=7)

    def slice(self, split: str, *coordinates: int) -> Slice:
        check_place(split, self.axes(split), coordinates)
        phase = 6 * torch.rand(2, generator=stream(0, split, *coordinates))
        steps = torch.arange(SIZE) * (1.0 if self.option == "fine" else 0.4)
        waves = torch.sin(steps + phase[0])[:, None] * torch.cos(steps + phase[1])
        image = 0.5 + 0.3 * waves
        mask = torch.zeros(SIZE, SIZE, dtype=torch.bool)
        if coordinates[0]:
            mask[5:8, 6:9] = True
        name = f"{split} waves {coordinates[0]}, {coordinates[1]}"
        return Slice(image.where(~mask, 1.0), torch.ones_like(mask), name, mask=mask if mask.any() else None)

    def cohort(self, split: str, count: int, seed: int) -> list[tuple[int, ...]]:
        return self._drawn(0, split, count, seed)

    def held_out_cohort(self, count: int, seed: int) -> list[tuple[int, ...]]:
        return self._drawn(1, "test", count, seed)

    def _drawn(self, kind: int, split: str, count: int, seed: int) -> list[tuple[int, ...]]:
        most = self.axes(split)[1].size
        if not 1 <= count <= most:
            raise ValueError(f"slices of a cohort must be in [1, {most}] for {self.name}, got {count}")
        return [(kind, int(n)) for n in torch.randperm(most, generator=stream(seed, split, kind))[:count]]
