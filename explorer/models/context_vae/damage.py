"""Damage to healthy images, from which a network learns to answer with what belongs there.

Up to a few irregular blobs, brighter or darker than what they cover and some of them levelled to one value,
and coarse noise over some of the images (Kascenas, Pugeault and O'Neil: Denoising Autoencoders for
Unsupervised Anomaly Detection in Brain MRI, 2022, arXiv 2301.00031). Only what is not zero changes, and no
intensity reaches 0 or 1 that was inside: a change d to the side with the room r left moves a pixel by

    r (1 - exp(-d / r)).

Damage is kept apart from the anomalies that can be planted (`explorer.anomalies`): shapes are level sets of
random fields, not outlines around a centre.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from explorer.models.context_vae.fields import coarse, patches
from explorer.settings import check_settings, setting

FURTHEST = 3.0
"""Largest change in units of the room for it: a twentieth of the room is left, so that float32 can still tell
it from none after several blobs."""


@dataclass(frozen=True)
class Damage:
    """What a recipe may say under `[training.damage]`; called with images it gives damaged ones.

    Amounts are in units of intensity, in [0, 1], and lengths are shares of the image's width.
    """

    strength: float = setting(1.0, "factor of all change; 0: none", minimum=0, maximum=1)
    blobs: int = setting(
        3, "most blobs in an image; each number down to none is as likely", minimum=0, maximum=16
    )
    smallest: float = setting(0.016, "smallest radius of a blob", minimum=0.001, maximum=1)
    largest: float = setting(0.23, "largest radius of a blob; log-uniform between", minimum=0.001, maximum=1)
    faintest: float = setting(0.05, "smallest change within a blob", minimum=0, maximum=4)
    strongest: float = setting(0.55, "largest change within a blob; uniform between", minimum=0, maximum=4)
    brighter: float = setting(
        0.75, "share of the blobs that are brighter; the others are darker", minimum=0, maximum=1
    )
    levelled: float = setting(0.5, "share of the blobs that hide what they cover", minimum=0, maximum=1)
    level: float = setting(
        0.7, "how far those are drawn towards the mean of what they cover", minimum=0, maximum=1
    )
    noisy: float = setting(0.5, "share of the images with coarse noise", minimum=0, maximum=1)
    noise: float = setting(0.25, "largest standard deviation of coarse noise", minimum=0, maximum=4)

    def __post_init__(self) -> None:
        check_settings(self)
        for low, high in (("smallest", "largest"), ("faintest", "strongest")):
            if getattr(self, low) > getattr(self, high):
                raise ValueError(
                    f"{low} must be at most {high}, got {getattr(self, low)} and {getattr(self, high)}"
                )

    @property
    def resembles(self) -> Mapping[str, str]:
        """The families of anomalies that look like this damage, and in which way."""
        blobs = self.strength > 0 and self.blobs > 0 and self.strongest > 0
        noise = self.strength > 0 and self.noise > 0 and self.noisy > 0
        shaped = ("lesion", "real-lesion", "shift", "uniform") if blobs else ()
        return dict.fromkeys(shaped, "blobs of another brightness") | (
            {"noise": "coarse noise"} if noise else {}
        )

    def __call__(self, images: Tensor, generator: torch.Generator) -> Tensor:
        """Damage each image by draws of its own.

        Args:
            images: (B, 1, H, W), float32 in [0, 1]; zero is background.
            generator: of all draws, on the CPU.

        Returns:
            (B, 1, H, W), on the same device; background and, at strength 0, all else is as it was.
        """
        count, inside = len(images), images > 0
        uniform = torch.rand(count, 3, generator=generator)
        blobs = (uniform[:, 0] * (self.blobs + 1)).floor()
        damaged = images
        for k in range(self.blobs):
            rows = (blobs > k).nonzero()[:, 0].to(images.device)
            damaged = damaged.index_copy(0, rows, self._blob(damaged[rows], inside[rows], generator))
        amount = self.strength * self.noise * uniform[:, 1] * (uniform[:, 2] < self.noisy)
        field = coarse(images.shape, generator).to(images.device)
        return torch.where(inside, shifted(damaged, _per_image(amount, images) * field), images)

    def _blob(self, images: Tensor, inside: Tensor, generator: torch.Generator) -> Tensor:
        """One more blob in each image."""
        count = len(images)
        uniform = torch.rand(count, 4, generator=generator)
        radius = self.smallest * (self.largest / self.smallest) ** uniform[:, 0] * images.shape[-1]
        change = self.faintest + (self.strongest - self.faintest) * uniform[:, 1]
        change = change * torch.where(uniform[:, 2] < self.brighter, 1.0, -1.0)
        level = self.level * (uniform[:, 3] < self.levelled)
        weight = patches(_centres(inside, generator), radius, images.shape, generator).to(images.device)
        weight = weight * (self.strength * inside)
        covered = weight.sum((2, 3), keepdim=True)
        mean = (weight * images).sum((2, 3), keepdim=True) / covered.clamp(min=1e-6)
        base = images + _per_image(level, images) * (mean - images)
        return images + weight * (shifted(base, _per_image(change, images)) - images)


def shifted(images: Tensor, change: Tensor) -> Tensor:
    """Intensities moved by about `change`, less and less as they come near 0 or 1, which none reaches.

    Args:
        images: in [0, 1].
        change: any size, same shape or one that fits.
    """
    room = torch.where(change > 0, 1 - images, images)
    moved = -room * torch.expm1(-(change.abs() / room.clamp(min=1e-6)).clamp(max=FURTHEST))
    return images + torch.copysign(moved, change)


def _centres(inside: Tensor, generator: torch.Generator) -> Tensor:
    """A pixel inside of each image, (B, 2) as (row, column); the first where there is none."""
    pixels = inside.flatten(1).cpu()
    place = torch.rand(len(inside), generator=generator) * pixels.sum(1)
    index = (pixels.cumsum(1) <= place[:, None]).sum(1).clamp(max=pixels.shape[1] - 1)
    columns = inside.shape[-1]
    return torch.stack([index // columns, index % columns], 1)


def _per_image(values: Tensor, images: Tensor) -> Tensor:
    """Values, (B,), as (B, 1, 1, 1) with device and number format of the images."""
    return values.to(images)[:, None, None, None]
