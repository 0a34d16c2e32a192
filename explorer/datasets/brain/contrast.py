"""From tissue maps to an MR image: intensities, texture, bias field, resolution and Rician noise.

All of it works on batches, so that training renders the same slices ever anew, and in 3-D coordinates, so
that texture and bias field of a subject go on from slice to slice.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from explorer.datasets.brain.anatomy import slice_coordinates, spline

CONTRASTS = ("flair", "t1", "t2")

INTENSITIES = {
    "flair": (0.50, 0.40, 0.13),
    "t1": (0.41, 0.57, 0.17),
    "t2": (0.47, 0.34, 0.80),
}
"""Mean intensity of grey matter, white matter and cerebrospinal fluid; the brain's median is near 0.45."""


@dataclass(frozen=True, eq=False)
class Acquisition:
    """How one scan turns tissue into intensity.

    Attributes:
        intensities: of grey matter, white matter and cerebrospinal fluid, (3,).
        bias: logarithm of the bias field at the knots of a cubic B-spline, (1, 5, 5, 5).
        texture: standard deviation of the tissue's own texture.
        texture_offset: where this subject's texture starts in the endless texture volume, (3,), mm.
        blur: standard deviation of the in-plane point spread, pixels.
        noise: standard deviation of the noise in each of the two channels.
    """

    intensities: Tensor
    bias: Tensor
    texture: float
    texture_offset: Tensor
    blur: float
    noise: float


def draw_acquisition(contrast: str, generator: torch.Generator) -> Acquisition:
    """Draw a scan of this contrast: intensities to about 10 %, bias to about 8 %, noise 0.008 to 0.025."""
    spread = 1 + torch.tensor([0.025, 0.025, 0.08]) * torch.randn(3, generator=generator).clamp(-2, 2)
    gain = 1 + 0.05 * torch.randn(1, generator=generator).clamp(-2, 2)
    uniform = torch.rand(3, generator=generator).tolist()
    return Acquisition(
        intensities=torch.tensor(INTENSITIES[contrast]) * spread * gain,
        bias=0.06 * torch.randn(1, 5, 5, 5, generator=generator).clamp(-2, 2),
        texture=0.006 + 0.012 * uniform[0],
        texture_offset=200 * torch.rand(3, generator=generator),
        blur=0.3 + 0.35 * uniform[1],
        noise=0.008 + 0.017 * uniform[2],
    )


def render(
    tissues: Tensor, acquisition: Acquisition, index: int, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Image and foreground of one slice.

    Args:
        tissues: tissue maps, (3, H, W).
        acquisition: the subject's scan.
        index: the slice, which places texture and bias field.
        generator: source of the noise, which differs from slice to slice.

    Returns:
        image: (H, W), float32 in [0, 1], zero outside the head.
        foreground: the brain, (H, W), bool.
    """
    brain = tissues.sum(0)
    image = torch.einsum("c,chw->hw", acquisition.intensities, tissues)
    x, y, z = slice_coordinates(index)
    image = image + acquisition.texture * brain * _texture(x, y, z, acquisition.texture_offset)
    image = image * torch.exp(spline(acquisition.bias, x, y, z)[0, :, :, 0].T)
    image = blur(image, acquisition.blur)
    foreground = brain > 0.5
    noise = acquisition.noise * torch.randn(2, *image.shape, generator=generator)
    noisy = torch.hypot(image + noise[0], noise[1])
    return torch.where(brain > 0.05, noisy, torch.zeros(())).clamp(0, 1), foreground


def blur(images: Tensor, sigma: float) -> Tensor:
    """Narrow Gaussian blur of `images`, (..., H, W); `sigma` in pixels, at most 0.7: 3 taps, same edges."""
    side = math.exp(-0.5 / max(sigma, 1e-3) ** 2)
    weight = side / (1 + 2 * side)
    for dim in (-1, -2):
        last = images.shape[dim] - 1
        before = torch.cat([images.narrow(dim, 0, 1), images.narrow(dim, 0, last)], dim)
        after = torch.cat([images.narrow(dim, 1, last), images.narrow(dim, last, 1)], dim)
        images = torch.lerp(images, (before + after) / 2, 2 * weight)
    return images


@lru_cache(maxsize=1)
def _texture_volume() -> Tensor:
    """Periodic smooth noise of unit variance, (1, 64, 64, 64), one voxel = 2 mm."""
    white = torch.randn(64, 64, 64, generator=torch.Generator().manual_seed(152))
    frequency = torch.fft.fftfreq(64)
    squared = frequency[:, None, None] ** 2 + frequency[None, :, None] ** 2 + frequency[None, None, :] ** 2
    smooth: Tensor = torch.fft.ifftn(torch.fft.fftn(white) * torch.exp(-squared / (2 * 0.12**2))).real
    return (smooth / smooth.std())[None]


def _texture(x: Tensor, y: Tensor, z: Tensor, offset: Tensor) -> Tensor:
    """The endless texture on one slice, (H, W): linear between planes, nearest in the plane's grid."""
    volume: Tensor = _texture_volume()[0]
    columns, rows = (((x + offset[0]) / 2).round().long() % 64), (((y + offset[1]) / 2).round().long() % 64)
    height = float((z + offset[2]) / 2)
    low = int(height // 1)
    part = height - low
    plane = (1 - part) * volume[:, :, low % 64] + part * volume[:, :, (low + 1) % 64]
    return plane[columns][:, rows].T
