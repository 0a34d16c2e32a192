"""From tissue maps to MR images, the same for the cohort's slices and the batches of training.

All of it is in 3-D coordinates, so that texture, bias field and field of view of a scan go on from slice to
slice. Intermediate images are changed in place, as to make new ones takes longer than to compute them.
"""

from __future__ import annotations

from functools import lru_cache

import torch
import torch.nn.functional as F
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
    gains = sections(acquisition.fields, x, y, heights)  # (B, 3, H, W)
    gains.add_(acquisition.intensities.log()[:, :, None, None]).exp_()
    images, brain = (a + b + c for a, b, c in (gains.mul_(tissues).unbind(1), tissues.unbind(1)))
    textures = _textures(x, y, heights, acquisition.texture_offset)
    images += textures.mul_(brain).mul_(acquisition.texture[:, None, None])
    mask = _mask(brain, acquisition.edge)
    within = _averaged(mask).sub_(1).mul_(2 * acquisition.rim[:, None, None]).add_(1)
    images = blur(images.mul_(within).mul_(mask), acquisition.blur)
    noise = torch.randn(2, *images.shape, generator=generator).mul_(acquisition.noise[:, None, None])
    images.add_(noise[0]).hypot_(noise[1])
    foregrounds = (mask > 0).logical_and_(_in_view(acquisition.view, x, y, heights))
    return compress(images).mul_(foregrounds), foregrounds


def _mask(brain: Tensor, edge: Tensor) -> Tensor:
    """1 where a mask of the brain keeps a pixel, else 0, (B, H, W)."""
    covered = _averaged(_averaged(brain))  # at a straight rim 2/3, one pixel within it 8/9
    return (covered > edge[:, None, None]).float()


def _averaged(images: Tensor) -> Tensor:
    """Means of 3 x 3 pixels, (B, H, W); zero beyond the edges."""
    padded = F.pad(images, (1, 1, 1, 1))
    rows = (padded[:, :-2] + padded[:, 1:-1]).add_(padded[:, 2:])
    return (rows[..., :-2] + rows[..., 1:-1]).add_(rows[..., 2:]).div_(9)


def _in_view(view: Tensor, x: Tensor, y: Tensor, heights: Tensor) -> Tensor:
    """What lies within each field of view, (B, rows, columns), bool."""
    across, along, up, end = view[:, :, None, None].unbind(1)
    return across * x[None, None] + along * y[None, :, None] + up * heights[:, None, None] < end


def blur(images: Tensor, sigma: Tensor) -> Tensor:
    """Narrow Gaussian blur of `images`, (B, H, W); `sigma`, (B,), in pixels, below 1.2: 3 taps."""
    side = torch.exp(-0.5 / sigma.clamp(min=1e-3) ** 2)
    weight = (2 * side / (1 + 2 * side))[:, None, None]
    for margins in ((1, 1, 0, 0), (0, 0, 1, 1)):
        padded = F.pad(images[None], margins, mode="replicate")[0]
        before, after = (padded[..., :-2], padded[..., 2:]) if margins[0] else (padded[:, :-2], padded[:, 2:])
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
    """The endless texture on a slice of each scan, (B, rows, columns): linear between planes only."""
    columns, rows = (((axis + offsets[:, i, None]) / 2).round().long() % 64 for i, axis in ((0, x), (1, y)))
    places = (heights + offsets[:, 2]) / 2
    low = places.floor()
    volume = _texture_volume()
    planes = torch.lerp(volume[low.long() % 64], volume[(low.long() + 1) % 64], (places - low)[:, None, None])
    pixels = (64 * rows[:, :, None] + columns[:, None]).flatten(1)
    return planes.flatten(1).gather(1, pixels).view(len(heights), len(y), len(x))
