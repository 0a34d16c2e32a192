"""A pool of deformed brain slices on disk, and the batches that training renders from it.

Deforming a brain in 3-D takes longer than a training step, so it is done once: the pool holds tissue maps,
and contrast, bias field, texture, resolution and noise are drawn anew each time a slice is used.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import MISSING, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from explorer.datasets.brain.anatomy import (
    SIZE,
    SLICES,
    SUBJECTS,
    Anatomy,
    deform_slice,
    draw_deformation,
    plane_spline,
    slice_coordinates,
    template_anatomy,
)
from explorer.datasets.brain.contrast import CONTRASTS, INTENSITIES, blur
from explorer.randomness import stream
from explorer.settings import check_settings, setting

SLICES_PER_SUBJECT = 6


@dataclass(frozen=True)
class BrainTraining:
    """What a recipe says under `[images]`."""

    pool: int = setting(MISSING, "deformed slices to draw from", minimum=1)
    real_share: float = setting(
        0.0, "fraction of the pool that comes from real anatomies", minimum=0, maximum=1
    )

    def __post_init__(self) -> None:
        check_settings(self)


def open_pool(
    settings: BrainTraining, folder: Path, real_folder: Path | None, progress: Callable[[int, int], None]
) -> BrainBatches:
    """The pool in `folder`, built first if it is not there yet; see `build_pool`."""
    key = hashlib.sha256(f"{settings.pool}:{settings.real_share}:2".encode()).hexdigest()[:8]
    path = folder / f"brain-pool-{key}.npy"
    build_pool(path, settings.pool, settings.real_share, real_folder, progress)
    return BrainBatches.open(path)


def build_pool(
    path: Path, slices: int, real_share: float, real_folder: Path | None, progress: Callable[[int, int], None]
) -> None:
    """Write `slices` deformed slices to `path` as an (N, 3, 128, 128) uint8 array, atomically.

    Args:
        path: the .npy file to write; left alone if it exists.
        slices: how many, N.
        real_share: fraction made from real anatomies instead of the template.
        real_folder: where the real anatomies are; needed if `real_share` is above 0.
        progress: called with slices done and slices in all.
    """
    if path.exists():
        return
    if real_share > 0 and real_folder is None:
        raise ValueError(
            "real_share is above 0 but no folder of real anatomies is given; pass --anatomies FOLDER"
        )
    partial = path.with_suffix(".partial.npy")
    pool = np.lib.format.open_memmap(partial, mode="w+", dtype=np.uint8, shape=(slices, 3, SIZE, SIZE))
    done = 0
    for anatomy, count in _shares(slices, real_share, real_folder):
        for _ in range(count):
            subject = done // SLICES_PER_SUBJECT
            seed = SUBJECTS["train"][0] + subject
            deformation = draw_deformation(stream(seed, "anatomy"))
            index = int(torch.randint(SLICES, (), generator=stream(seed, "pool slice", done)))
            pool[done] = (255 * deform_slice(anatomy, deformation, index)).round().byte().numpy()
            done += 1
            if done % 200 == 0:
                progress(done, slices)
    pool.flush()
    partial.replace(path)


def _shares(slices: int, real_share: float, real_folder: Path | None) -> Iterator[tuple[Anatomy, int]]:
    from_real = round(slices * real_share)
    yield template_anatomy(), slices - from_real
    if from_real and real_folder is not None:
        from explorer.datasets.brain.real_anatomies import label_files, real_anatomies  # takes 0.5 s

        files = len(label_files(real_folder))
        for i, anatomy in enumerate(real_anatomies(real_folder)):
            yield anatomy, from_real * (i + 1) // files - from_real * i // files


@dataclass(frozen=True, eq=False)
class BrainBatches:
    """Renders training batches from a pool.

    Attributes:
        pool: tissue maps, (N, 3, 128, 128), uint8.
        texture: smooth periodic noise of unit variance, (256, 256).
        contrasts: those that are drawn, each equally often.
    """

    pool: np.ndarray
    texture: Tensor
    contrasts: tuple[str, ...] = CONTRASTS

    @classmethod
    def open(cls, path: Path) -> BrainBatches:
        """Map the pool at `path` into memory."""
        white = torch.randn(256, 256, generator=stream(0, "training texture"))
        frequency = torch.fft.fftfreq(256)
        squared = frequency[:, None] ** 2 + frequency[None, :] ** 2
        smooth = torch.fft.ifft2(torch.fft.fft2(white) * torch.exp(-squared / (2 * 0.105**2))).real
        return cls(np.load(path, mmap_mode="r"), smooth / smooth.std())

    def batch(self, count: int, generator: torch.Generator) -> Tensor:
        """Draw and render `count` slices, (B, 1, 128, 128), float32 in [0, 1]."""
        which = torch.randint(len(self.pool), (count,), generator=generator).numpy()
        stored = torch.from_numpy(self.pool[which])  # (B, 3, H, W)
        mirrored = torch.rand(count, generator=generator) < 0.5
        stored[mirrored] = stored[mirrored].flip(-1)
        tissues = stored.float() / 255

        def normal(*size: int) -> Tensor:
            return torch.randn(count, *size, generator=generator).clamp(-2, 2)

        contrast = torch.randint(len(self.contrasts), (count,), generator=generator)
        means = torch.tensor([INTENSITIES[name] for name in self.contrasts])[contrast]
        intensities = means * (1 + torch.tensor([0.05, 0.05, 0.12]) * normal(3)) * (1 + 0.05 * normal(1))
        x, y, _ = slice_coordinates(0)
        knots = 0.05 * normal(1, 5, 5) + 0.025 * normal(3, 5, 5)  # the bias field, and regional differences
        fields = plane_spline(knots.flatten(0, 1), x, y).view(count, 3, SIZE, SIZE).transpose(2, 3)
        image = (fields.exp() * intensities[:, :, None, None] * tissues).sum(1)
        brain = tissues.sum(1)
        uniform = torch.rand(count, 2, generator=generator)
        roughness = 0.006 + 0.012 * uniform[:, :1, None]
        image = image + roughness * brain * self._textures(count, generator)
        sigma = 0.3 + 0.35 * float(torch.rand((), generator=generator))
        image = blur(image, sigma)
        noise = (0.008 + 0.017 * uniform[:, 1:, None]).expand_as(image)
        real, imaginary = torch.randn(2, *image.shape, generator=generator) * noise
        noisy = torch.hypot(image + real, imaginary)
        return torch.where(brain > 0.05, noisy, torch.zeros(())).clamp(0, 1)[:, None]

    def _textures(self, count: int, generator: torch.Generator) -> Tensor:
        windows = self.texture.repeat(2, 2).unfold(0, SIZE, 1).unfold(1, SIZE, 1)
        rows, columns = torch.randint(len(self.texture), (2, count), generator=generator)
        return windows[rows, columns]
