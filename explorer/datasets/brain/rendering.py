"""From tissue maps to MR images, the same for the cohort's slices and the batches of training.

All of it is in 3-D coordinates, so that texture, bias field and field of view of a scan go on from slice to
slice.
"""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor

from explorer.datasets.brain.anatomy import sections, slice_coordinates
from explorer.datasets.brain.contrast import Acquisition
from explorer.datasets.brain.intensity import compress


def render(
    tissues: Tensor, acquisition: Acquisition, indices: Tensor, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Images and foregrounds of one slice of each scan.

    Args:
        tissues: tissue maps, (B, 3, H, W).
        acquisition: B scans.
        indices: which slices, (B,); they place texture, bias field and field of view.
        generator: source of the noise, which differs from slice to slice.

    Returns:
        images: (B, H, W), float32 in [0, 1), zero outside the foreground.
        foregrounds: the brain within the field of view, (B, H, W), bool.
    """
    x, y, heights = slice_coordinates(indices)
    fields = sections(acquisition.fields, x, y, heights).transpose(2, 3)  # (B, 3, rows, columns)
    brain = tissues.sum(1)
    images = (fields.exp_() * acquisition.intensities[:, :, None, None] * tissues).sum(1)
    offsets = acquisition.texture_offset
    images += acquisition.texture[:, None, None] * brain * _textures(x, y, heights, offsets)
    covered = blur(brain, torch.ones(1))  # two thirds at a straight rim
    images *= 1 - 2 * acquisition.rim[:, None, None] * (brain - covered).clamp(min=0)
    images = blur(images, acquisition.blur)
    noise = acquisition.noise[:, None, None] * torch.randn(2, *images.shape, generator=generator)
    foregrounds = (brain > 0.5) & _in_view(acquisition.view, x, y, heights)
    return compress(torch.hypot(images + noise[0], noise[1])) * foregrounds, foregrounds


def _in_view(view: Tensor, x: Tensor, y: Tensor, heights: Tensor) -> Tensor:
    """What lies within each field of view, (B, rows, columns), bool."""
    across, along, up, end = view[:, :, None, None].unbind(1)
    return across * x[None, None] + along * y[None, :, None] + up * heights[:, None, None] < end


def blur(images: Tensor, sigma: Tensor) -> Tensor:
    """Narrow Gaussian blur of `images`, (B, H, W); `sigma`, (B,), in pixels, at most 0.7: 3 taps, same edges."""
    side = torch.exp(-0.5 / sigma.clamp(min=1e-3) ** 2)
    weight = (2 * side / (1 + 2 * side))[:, None, None]
    for dim in (-1, -2):
        last = images.shape[dim] - 1
        before = torch.cat([images.narrow(dim, 0, 1), images.narrow(dim, 0, last)], dim)
        after = torch.cat([images.narrow(dim, 1, last), images.narrow(dim, last, 1)], dim)
        images = torch.lerp(images, (before + after) / 2, weight)
    return images


@lru_cache(maxsize=1)
def _texture_volume() -> Tensor:
    """Periodic smooth noise of unit variance, (64, 64, 64), one voxel = 2 mm."""
    white = torch.randn(64, 64, 64, generator=torch.Generator().manual_seed(152))
    frequency = torch.fft.fftfreq(64)
    squared = frequency[:, None, None] ** 2 + frequency[None, :, None] ** 2 + frequency[None, None, :] ** 2
    smooth: Tensor = torch.fft.ifftn(torch.fft.fftn(white) * torch.exp(-squared / (2 * 0.12**2))).real
    return smooth / smooth.std()


def _textures(x: Tensor, y: Tensor, heights: Tensor, offsets: Tensor) -> Tensor:
    """The endless texture on a slice of each scan, (B, rows, columns): linear between planes, else nearest."""
    volume = _texture_volume().permute(2, 1, 0)  # (planes, rows, columns)
    planes = []
    for height, offset in zip(heights, offsets, strict=True):
        columns, rows = (((axis + start) / 2).round().long() % 64 for axis, start in ((x, offset[0]), (y, offset[1])))
        place = float((height + offset[2]) / 2)
        low = int(place // 1)
        plane = torch.lerp(volume[low % 64], volume[(low + 1) % 64], place - low)
        planes.append(plane[rows][:, columns])
    return torch.stack(planes)
