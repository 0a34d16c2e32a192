"""Gaussian noise within a region: the local mean stays, the grain does not.

Imitates a local artefact. Added noise is among the synthetic anomalies that Meissen and colleagues made for
their entry to the MOOD challenge (package `uas_mood`, standard deviation 0.1).
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
from explorer.contracts import Slice
from explorer.randomness import stream


@ANOMALIES.register("noise")
@dataclass(frozen=True)
class NoisePatch(Anomaly):
    """Adds independent draws of N(0, strength^2) to the pixels."""

    summary: ClassVar[str] = "grain within a region, the local mean kept"
    formula: ClassVar[str] = "x + strength · Gaussian noise of mean 0 and deviation 1"

    strength: float = strength_setting(0.2, "standard deviation of the noise")

    def alter(self, slice: Slice, region: Region, params: Params, donor: Slice | None) -> Tensor:
        field = torch.randn(slice.image.shape, generator=stream(params.seed, "noise"))
        return slice.image + params.strength * field
