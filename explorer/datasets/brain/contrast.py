"""How scans turn tissue into intensity: contrast, bias field, texture, resolution, noise, field of view."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import torch
import torch.nn.functional as F
from torch import Tensor

from explorer.datasets.brain.anatomy import CENTRE_MM, template_anatomy, widen_sulci
from explorer.datasets.brain.intensity import MEDIAN, compress
from explorer.datasets.brain.variation import COHORT, CONTRASTS, Variation, even

EXTENT_MM = (68.0, 86.0)
"""Half width and half length of the template's brain."""

CORNERS = 0.3
"""Share of the cut fields of view that are oblique to the axes."""

Streams = Callable[[str], torch.Generator]
"""From a purpose to its generator, so that an added draw shifts no other."""


@dataclass(frozen=True, eq=False)
class Acquisition:
    """How B scans turn tissue into intensity.

    Attributes:
        intensities: of grey matter, white matter and cerebrospinal fluid, (B, 3).
        fields: logarithm of each tissue's bias field at the knots of a cubic B-spline, (B, 3, 5, 5, 5).
        edge: averaged coverage from which a pixel counts as brain, (B,).
        rim: how dark the brain's outermost pixels are, (B,), in [0, 1].
        thickness: of a slice, mm, (B,).
        texture: standard deviation of the tissue's own texture, (B,).
        texture_offset: where a scan's texture starts in the endless texture volume, (B, 3), mm.
        blur: standard deviation of the in-plane point spread, pixels, (B,).
        noise: standard deviation of the noise in each of the two channels, (B,).
        view: the field of view is where v0 x + v1 y + v2 z < v3 in MNI coordinates, mm, (B, 4).
    """

    intensities: Tensor
    fields: Tensor
    edge: Tensor
    rim: Tensor
    thickness: Tensor
    texture: Tensor
    texture_offset: Tensor
    blur: Tensor
    noise: Tensor
    view: Tensor


def draw_acquisitions(contrasts: Sequence[str], streams: Streams, variation: Variation) -> Acquisition:
    """Draw a scan of each of these contrasts, (B,)."""
    count = len(contrasts)
    bias = _normal((count, 1, 5, 5, 5), streams("bias"))
    regional = _normal((count, 3, 5, 5, 5), streams("regional"))
    return Acquisition(
        intensities=_intensities(contrasts, streams, variation),
        fields=variation.bias * bias + variation.regional * regional,
        edge=even(variation.edge, count, streams("edge")),
        rim=even(variation.rim, count, streams("rim")),
        thickness=draw_thickness(count, streams("thickness"), variation),
        texture=even(variation.texture, count, streams("texture")),
        texture_offset=200 * torch.rand(count, 3, generator=streams("texture offset")),
        blur=even(variation.blur, count, streams("blur")),
        noise=even(variation.noise, count, streams("noise level")),
        view=_views(count, streams("view"), variation),
    )


def draw_thickness(count: int, generator: torch.Generator, variation: Variation) -> Tensor:
    """Thickness of the slices of scans, (B,), mm; most are thin."""
    thin, thick = variation.thickness
    return thin + (thick - thin) * torch.rand(count, generator=generator) ** 2


def _intensities(contrasts: Sequence[str], streams: Streams, variation: Variation) -> Tensor:
    """Grey, white and fluid, (B, 3)."""
    tissues = torch.ones(len(contrasts), 3)
    for place, ranges, purpose in ((0, variation.grey, "grey"), (2, variation.fluid, "fluid")):
        bounds = torch.tensor([ranges[name] for name in contrasts])
        tissues[:, place] = torch.lerp(
            bounds[:, 0], bounds[:, 1], even((0.0, 1.0), len(contrasts), streams(purpose))
        )
    return _scaled(tissues) * even(variation.gain, len(contrasts), streams("gain"))[:, None]


@lru_cache(maxsize=len(CONTRASTS))
def typical_intensities(contrast: str) -> tuple[float, float, float]:
    """Grey matter, white matter and fluid as an image of the middle of the cohort shows them, in [0, 1]."""
    grey, fluid = (sum(ranges[contrast]) / 2 for ranges in (COHORT.grey, COHORT.fluid))
    shown = compress(_scaled(torch.tensor([[grey, 1.0, fluid]])))[0].tolist()
    return shown[0], shown[1], shown[2]


def _scaled(tissues: Tensor) -> Tensor:
    """Intensities of tissues, (B, 3), scaled so that a brain like the template has a median of 0.45."""
    median = (tissues @ _composition()).median(dim=1).values
    return tissues * (MEDIAN / median)[:, None]


@lru_cache(maxsize=1)
def _composition() -> Tensor:
    """Tissue fractions at some voxels of the template's brain, 5 mm and more within its rim, (3, M)."""
    template = template_anatomy()
    tissues = template.tissues[:, ::5, ::5, ::5]
    deep = F.avg_pool3d(tissues.sum(0)[None], 3, stride=1, padding=1)[0] > 0.8
    return widen_sulci(tissues[None, :, deep][..., ::2], torch.tensor([template.sulci]))[0]


def _views(count: int, generator: torch.Generator, variation: Variation) -> Tensor:
    """Fields of view, (B, 4): mostly whole; else rows or columns at one end, or a corner, lie outside."""
    cut, side, corner, angle, tilt, depth = torch.rand(6, count, generator=generator)
    turned = torch.where(corner < CORNERS, angle - 0.5, 0.0)
    angles = torch.pi * ((4 * side).floor() / 2 + turned)
    normal = torch.stack([angles.cos(), angles.sin(), 0.3 * (tilt - 0.5)], dim=1)
    reach = torch.hypot(EXTENT_MM[0] * normal[:, 0], EXTENT_MM[1] * normal[:, 1])
    centre = normal[:, :2] @ torch.tensor(CENTRE_MM)
    low, high = variation.cut_mm
    end = centre + reach - (low + (high - low) * depth)
    return torch.cat([normal, torch.where(cut < variation.cut, end, torch.inf)[:, None]], dim=1)


def _normal(size: tuple[int, ...], generator: torch.Generator) -> Tensor:
    return torch.randn(size, generator=generator).clamp(-2, 2)
