"""The records and protocols that the rooms of the explorer exchange.

Images are `(H, W)` float32 tensors in [0, 1], one slice each; batches are `(B, 1, H, W)`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import torch
from torch import Tensor


@dataclass(frozen=True, eq=False)
class Slice:
    """A healthy image with what is known of it.

    Attributes:
        image: intensities, (H, W), float32 in [0, 1].
        foreground: the pixels that count in an evaluation, (H, W), bool.
        name: readable and unique within the dataset, e.g. `subject 12, slice 31`.
        spacing: size of a pixel in mm as (row, column), or None where pixels have no size.
        anomalous: whether the image as a whole is an anomaly (a class held out from training).
    """

    image: Tensor
    foreground: Tensor
    name: str
    spacing: tuple[float, float] | None = None
    anomalous: bool = False


@dataclass(frozen=True, eq=False)
class Case:
    """A slice in which an anomaly was planted.

    Attributes:
        image: intensities after planting, (H, W), float32 in [0, 1].
        mask: the pixels that the anomaly changed, (H, W), bool.
        source: the slice before planting.
    """

    image: Tensor
    mask: Tensor
    source: Slice


@dataclass(frozen=True, eq=False)
class ScoreMap:
    """A predictor's answer for a batch of images.

    Attributes:
        values: anomaly scores, (B, 1, H, W), float32; higher is more anomalous.
        step: how many steps an iterative predictor has taken; 0 for one-shot predictors.
        restored: the image on its way back to health, (B, 1, H, W), float32, or None.
        changed: share of the restorations that replaced a latent code, (B, h, w), in [0, 1], or None.
        curves: what an iterative predictor descends, by name, one number an image, (B,).
    """

    values: Tensor
    step: int = 0
    restored: Tensor | None = None
    changed: Tensor | None = None
    curves: Mapping[str, Tensor] = field(default_factory=dict)


@dataclass(frozen=True)
class Axis:
    """One coordinate of a dataset: what a person picks to arrive at a slice.

    Attributes:
        name: key in URLs and code, e.g. `subject`.
        help: one line on what it selects.
        size: how many positions there are, counted from 0.
        labels: a readable name for each position, or empty where the number says it all.
    """

    name: str
    help: str
    size: int
    labels: tuple[str, ...] = ()


class Dataset(Protocol):
    """A source of slices; a slice is found by split and coordinates, always the same.

    Attributes:
        name: as given on the command line, e.g. `brain/flair`.
        image_size: height and width of every slice, pixels.
        note: a sentence for the page: origin, licence, what it is not.
    """

    @property
    def name(self) -> str: ...

    @property
    def image_size(self) -> tuple[int, int]: ...

    @property
    def note(self) -> str: ...

    def axes(self, split: str) -> tuple[Axis, ...]:
        """The coordinates of a split (`train`, `calibration` or `test`)."""
        ...

    def slice(self, split: str, *coordinates: int) -> Slice:
        """The slice at these coordinates; ValueError where one is outside its axis."""
        ...

    def cohort(self, split: str, count: int, seed: int) -> Sequence[tuple[int, ...]]:
        """Coordinates of `count` different healthy slices, drawn with this seed; nested in `count`."""
        ...

    def held_out_cohort(self, count: int, seed: int) -> Sequence[tuple[int, ...]]:
        """The same for test slices that are anomalous as a whole; empty where the dataset has none."""
        ...


@dataclass(frozen=True, eq=False)
class VaeOutput:
    """One pass of a VAE at z = mu.

    Attributes:
        mu: mean of q(z|x), (B, D).
        log_var: logarithm of the variance of q(z|x), (B, D).
        x_hat: mean of p(x|z), (B, 1, H, W).
    """

    mu: Tensor
    log_var: Tensor
    x_hat: Tensor


class Model(Protocol):
    """What every model of healthy images has.

    Attributes:
        s: standard deviation of p(x|z), fixed per model.
        beta_range: smallest and largest training beta; (1, 1) where a model knows no beta.
    """

    @property
    def s(self) -> float: ...

    @property
    def beta_range(self) -> tuple[float, float]: ...


class Vae(Model, Protocol):
    """A VAE conditioned on its training beta, as the evidence needs it."""

    def __call__(self, x: Tensor, beta: Tensor) -> VaeOutput:
        """Encode and decode `x`, (B, 1, H, W), each image at its own `beta`, (B,)."""
        ...


def stack(images: Sequence[Tensor]) -> Tensor:
    """Stack `(H, W)` images or masks to a batch `(B, 1, H, W)`."""
    return torch.stack(list(images)).unsqueeze(1)
