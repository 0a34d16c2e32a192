"""A texture laid over a region, with the local mean kept: neither brighter nor darker, but different.

Imitates diffuse change of tissue that a threshold on intensity cannot find.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from explorer.anomalies import ANOMALIES
from explorer.anomalies.base import Anomaly, strength_setting
from explorer.anomalies.params import Params
from explorer.anomalies.shape.region import Region
from explorer.anomalies.shape.smoothing import smooth
from explorer.contracts import Slice
from explorer.randomness import stream

FINEST_GRAIN = 0.8
"""Pixels: a finer grain could not be told from white noise."""


@ANOMALIES.register("texture")
@dataclass(frozen=True)
class TextureShift(Anomaly):
    """Adds band-limited noise, of mean 0 and standard deviation `strength` over the region.

    The band is a difference of two Gaussians, sigma and 2 sigma, with sigma = width / 80 (at least
    0.8 pixels).
    """

    summary: ClassVar[str] = "a texture laid over a region, neither brighter nor darker than before"
    formula: ClassVar[str] = "x + strength · band-limited noise of mean 0"

    strength: float = strength_setting(0.2, "standard deviation of the texture")

    def alter(self, slice: Slice, region: Region, params: Params, donor: Slice | None) -> Tensor:
        field = torch.randn(slice.image.shape, generator=stream(params.seed, "texture"))
        grain = max(slice.image.shape[1] / 80, FINEST_GRAIN)
        band = smooth(field, grain) - smooth(field, 2 * grain)
        share = region.weight / region.weight.sum()
        centred = band - (share * band).sum()
        spread = (share * centred.square()).sum().sqrt().clamp_min(1e-6)
        return slice.image + params.strength * centred / spread
