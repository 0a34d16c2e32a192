"""The records and protocols that the rooms of the explorer exchange.

Images are `(H, W)` float32 tensors in [0, 1], one slice each; batches are `(B, 1, H, W)`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import torch
from torch import Tensor

CONTRASTS = ("flair", "t1", "t2")
"""The MR sequences that are told apart, in the order in which `Conditions` counts them."""

UNKNOWN = -1
"""Stands in `Conditions` for what is not known."""


@dataclass(frozen=True, eq=False)
class Slice:
    """An image before anything is planted, with what is known of it.

    Attributes:
        image: intensities, (H, W), float32 in [0, 1].
        foreground: the pixels that count in an evaluation, (H, W), bool.
        name: readable and unique within the dataset, e.g. `subject 12, slice 31`.
        spacing: size of a pixel in mm as (row, column), or None where pixels have no size.
        mask: what a real anomaly covers, (H, W), bool, or None where none is known.
        contrast: the MR sequence (`flair`, `t1`, `t2`), or empty where there is none or it is not known.
        atlas: where each pixel lies in the brain of the MNI atlas (x, y, z), (3, H, W), float32, mm, or None
            where that is not known.
        unmarked: whether it shows a real anomaly of which no mask is known, so that none of its pixels can be
            called healthy.
        position: number of an axial slice, from below, on the grid of the brain models, or None where that is
            not known.
        held_out: whether it is anomalous as a whole, without a mask: of a class kept out of training.
    """

    image: Tensor
    foreground: Tensor
    name: str
    spacing: tuple[float, float] | None = None
    mask: Tensor | None = None
    contrast: str = ""
    atlas: Tensor | None = None
    unmarked: bool = False
    position: int | None = None
    held_out: bool = False

    @property
    def known_mask(self) -> Tensor:
        """The mask, all False where none is known, (H, W), bool."""
        return torch.zeros_like(self.foreground) if self.mask is None else self.mask

    @property
    def counted(self) -> Tensor:
        """The pixels that count in figures: the foreground, but none where `unmarked`, (H, W), bool."""
        return torch.zeros_like(self.foreground) if self.unmarked else self.foreground


@dataclass(frozen=True, eq=False)
class Conditions:
    """What is known of images beside their pixels, for models that ask for it; `UNKNOWN` where it is not.

    Attributes:
        contrast: index in `CONTRASTS`, (B,), int64, on the CPU.
        position: as in `Slice`, (B,), int64, on the CPU.
    """

    contrast: Tensor
    position: Tensor

    @staticmethod
    def unknown(count: int) -> Conditions:
        """Nothing is known of `count` images."""
        nothing = torch.full((count,), UNKNOWN)
        return Conditions(nothing, nothing)

    @staticmethod
    def of(slices: Sequence[Slice]) -> Conditions:
        """What slices say of themselves."""
        contrasts = [contrast_index(one.contrast) for one in slices]
        positions = [UNKNOWN if one.position is None else one.position for one in slices]
        return Conditions(torch.tensor(contrasts), torch.tensor(positions))

    def __len__(self) -> int:
        return len(self.contrast)

    def rows(self, rows: Tensor | slice) -> Conditions:
        """Those of the images with these indices, (K,), which may repeat."""
        return Conditions(self.contrast[rows], self.position[rows])


def contrast_index(name: str) -> int:
    """The index of an MR sequence in `CONTRASTS`; `UNKNOWN` for any other name."""
    return CONTRASTS.index(name) if name in CONTRASTS else UNKNOWN


@dataclass(frozen=True, eq=False)
class Case:
    """A slice in which an anomaly was planted.

    Attributes:
        image: intensities after planting, (H, W), float32 in [0, 1].
        mask: what is anomalous: the pixels that the planted anomaly changed and the slice's own mask, (H, W),
            bool.
        source: the slice before planting.
        name: of the real lesion that was planted, readable; empty for any other anomaly.
    """

    image: Tensor
    mask: Tensor
    source: Slice
    name: str = ""


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
        start: where it stands at first.
    """

    name: str
    help: str
    size: int
    labels: tuple[str, ...] = ()
    start: int = 0


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
        """Coordinates of `count` different healthy slices, drawn with this seed; nested in `count`.

        Slices of one subject belong together: where there is an axis `subject`, it is the first.
        """
        ...

    def held_out_cohort(self, count: int, seed: int) -> Sequence[tuple[int, ...]]:
        """The same for test slices that are anomalous by themselves; empty where the dataset has none."""
        ...


@dataclass(frozen=True, eq=False)
class Batch:
    """Training images.

    Attributes:
        images: (B, 1, H, W), float32 in [0, 1].
        conditions: what is known of them.
    """

    images: Tensor
    conditions: Conditions


class Batches(Protocol):
    """Draws training images."""

    def batch(self, count: int, generator: torch.Generator) -> Batch:
        """`count` images; all randomness comes from `generator`."""
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
        image_size: height and width of its images, pixels.
        s: standard deviation of p(x|.), fixed per model.
        beta_range: smallest and largest training beta; (1, 1) where a model knows no beta.
        evidence: what it says of images: a class of `explorer.evidence`, made with model, images and betas.
    """

    @property
    def image_size(self) -> int: ...

    @property
    def s(self) -> float: ...

    @property
    def beta_range(self) -> tuple[float, float]: ...

    @property
    def evidence(self) -> type[Any]: ...


class Vae(Model, Protocol):
    """A VAE conditioned on its training beta, as its evidence needs it."""

    def __call__(self, x: Tensor, beta: Tensor) -> VaeOutput:
        """Encode and decode `x`, (B, 1, H, W), each image at its own `beta`, (B,)."""
        ...


class PriorMemory(Protocol):
    """What a prior keeps of the codes of some grids."""

    def of(self, grids: Tensor) -> PriorMemory:
        """A copy for the grids with these indices, which may repeat."""
        ...


class CodePrior(Protocol):
    """A prior over grids of codes in raster order, p(c) = prod_i p(c_i | c_<i).

    It may be conditioned on what is known of the images.

    Attributes:
        codes: size of the vocabulary, K.
        rows: of the grid.
        columns: of the grid.
        length: codes on a grid, n.
    """

    @property
    def codes(self) -> int: ...

    @property
    def rows(self) -> int: ...

    @property
    def columns(self) -> int: ...

    @property
    def length(self) -> int: ...

    def __call__(self, codes: Tensor, conditions: Conditions | None = None) -> Tensor:
        """Logits of every position given the codes before it, (B, n, K), for codes (B, n), int64.

        Where nothing is said of the images, nothing is known of them; so in all below.
        """
        ...

    def nll(self, codes: Tensor, conditions: Conditions | None = None) -> Tensor:
        """-log p(c_i | c_<i), nats, (B, n), for codes (B, n)."""
        ...

    def memory(self, count: int, conditions: Conditions | None = None) -> PriorMemory:
        """An empty memory for `count` grids."""
        ...

    def advance(self, memory: Any, codes: Tensor, first: Tensor, count: int) -> Tensor:
        """Logits, (R, count, K), of the `count` positions of grids (R, n) from `first`, (R,), on.

        `memory` holds what comes before, and what is computed is added to it in place.
        """
        ...


class CodeVectors(Protocol):
    """The vectors that codes stand for."""

    def embed(self, indices: Tensor) -> Tensor:
        """The vectors, (B, D, h, w), of codes (B, h, w)."""
        ...


class CodeModel(Model, Protocol):
    """A VQ-VAE with its prior, as its evidence needs it."""

    @property
    def codebook(self) -> CodeVectors: ...

    @property
    def prior(self) -> CodePrior: ...

    def __call__(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Reconstruction, (B, 1, H, W), with gradients straight through the codes, and codes, (B, h, w)."""
        ...

    def encode(self, x: Tensor) -> Tensor:
        """Latents before they are replaced by codes, (B, D, h, w)."""
        ...

    def decode(self, embedded: Tensor) -> Tensor:
        """Mean of p(x|codes), (B, 1, H, W), of the codes' vectors, (B, D, h, w)."""
        ...


def stack(images: Sequence[Tensor]) -> Tensor:
    """Stack `(H, W)` images or masks to a batch `(B, 1, H, W)`."""
    return torch.stack(list(images)).unsqueeze(1)
