"""One new file a plug-in, for all four registries, written into a copy of the project."""

from __future__ import annotations

import shutil
from pathlib import Path

ROOT = Path(__file__).parents[2]
NAME = "a-throwaway"
"""Before all others in the alphabet, where a registry's order could change what a page shows."""

PREDICTOR = '''
"""How far a pixel is from the middle of the range: a predictor made by a test."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from explorer.contracts import ScoreMap
from explorer.evidence import Evidence
from explorer.predictors.base import PREDICTORS, HealthyScores, Predictor
from explorer.settings import setting


@PREDICTORS.register("a-throwaway")
@dataclass(frozen=True)
class Throwaway(Predictor):
    """|x - middle|."""

    title: ClassVar[str] = "Throwaway"
    summary: ClassVar[str] = "how far a pixel is from a value"
    source: ClassVar[str] = "a test"

    middle: float = setting(0.5, "the value", minimum=0.0, maximum=1.0)

    def maps(self, evidence: Evidence, calibration: HealthyScores | None = None) -> Iterator[ScoreMap]:
        yield ScoreMap((evidence.x - self.middle).abs())
'''

ANOMALY = '''
"""The region turned to its negative: an anomaly made by a test."""

from dataclasses import dataclass

from torch import Tensor

from explorer.anomalies import ANOMALIES
from explorer.anomalies.base import Anomaly, strength_setting
from explorer.anomalies.params import Params
from explorer.anomalies.shape.region import Region
from explorer.contracts import Slice


@ANOMALIES.register("a-throwaway")
@dataclass(frozen=True)
class Throwaway(Anomaly):
    """(1 - strength) x + strength (1 - x)."""

    strength: float = strength_setting(1.0, "share of the negative")

    def alter(self, slice: Slice, region: Region, params: Params, donor: Slice | None) -> Tensor:
        return slice.image + params.strength * (1 - 2 * slice.image)
'''

DATASET = '''
"""Bright discs on a dark ground: a dataset made by a test."""

import torch

from explorer.contracts import Axis, Slice
from explorer.datasets.base import DATASETS, Source, check_place, check_split
from explorer.randomness import stream


@DATASETS.register("a-throwaway")
class Throwaway(Source):
    """A disc a slice; its place and brightness are drawn."""

    name = "a-throwaway"
    image_size = (16, 16)
    note = "Discs made by a test."

    def axes(self, split: str) -> tuple[Axis, ...]:
        check_split(split)
        return (Axis("disc", "which disc", 120),)

    def slice(self, split: str, *coordinates: int) -> Slice:
        check_place(split, self.axes(split), coordinates)
        x, y, light = torch.rand(3, generator=stream(coordinates[0], self.name, split)).tolist()
        across = torch.arange(16.0) - 5 - 5 * x
        down = torch.arange(16.0)[:, None] - 5 - 5 * y
        disc = across.square() + down.square() < 25
        image = torch.where(disc, 0.5 + 0.3 * light, 0.1)
        return Slice(image, disc, f"{split} disc {coordinates[0]}")
'''

MODEL = '''
"""A linear VAE: a family of models made by a test."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from explorer.contracts import VaeOutput
from explorer.evidence import VaeEvidence
from explorer.models.base import MODELS, Loss, Network, Objective, Stage


@MODELS.register("a-throwaway")
class Throwaway(Network):
    """mu = A x, x_hat = B mu, at one beta."""

    evidence = VaeEvidence
    beta_range = (1.0, 1.0)

    def __init__(self, image_size: int, latents: int, s: float = 0.5) -> None:
        super().__init__()
        if min(image_size, latents) < 1:
            raise ValueError("sizes must be above 0")
        self.image_size, self.s = image_size, s
        self.encode = nn.Linear(image_size**2, latents)
        self.decode = nn.Linear(latents, image_size**2)

    def forward(self, x: Tensor, beta: Tensor) -> VaeOutput:
        mu = self.encode(x.flatten(1))
        return VaeOutput(mu, torch.zeros_like(mu), self.decode(mu).view_as(x))

    def stages(self, settings: Any) -> Sequence[Stage]:
        return [Stage(lambda: Descent(self))]


class Descent(Objective):
    """rec + kl."""

    def __init__(self, model: Throwaway) -> None:
        self.model = model

    def loss(self, x: Tensor, generator: torch.Generator) -> Loss:
        found = self.model(x, x.new_ones(len(x)))
        rec = (x - found.x_hat).square().flatten(1).sum(1) / (2 * self.model.s**2)
        loss = (rec + 0.5 * found.mu.square().sum(1)).mean()
        return Loss(loss, loss.detach())
'''

RECIPE = """
name = "a-throwaway"
kind = "a-throwaway"
dataset = "a-throwaway"
samples = 4000
batch_size = 20
learning_rate = 1e-2
seed = 1
data = "Discs made by a test."

[model]
image_size = 16
latents = 4
"""

FILES = {
    "explorer/predictors/a_throwaway.py": PREDICTOR,
    "explorer/anomalies/a_throwaway.py": ANOMALY,
    "explorer/datasets/a_throwaway.py": DATASET,
    "explorer/models/a_throwaway.py": MODEL,
    "recipe.toml": RECIPE,
}


def copy_of_the_project(folder: Path) -> Path:
    """The package with its models, tests and app; large files are links."""
    for name in ("explorer", "tests"):
        shutil.copytree(
            ROOT / name,
            folder / name,
            ignore=shutil.ignore_patterns("__pycache__", "node_modules", "*.npz"),
        )
    for large in (ROOT / "explorer").rglob("*.npz"):
        (folder / large.relative_to(ROOT)).symlink_to(large)
    (folder / "pretrained").mkdir()
    for file in (ROOT / "pretrained").iterdir():
        (folder / "pretrained" / file.name).symlink_to(file)
    for name in ("app.py", "pyproject.toml", "requirements.txt"):
        shutil.copy(ROOT / name, folder / name)
    return folder
