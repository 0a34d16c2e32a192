"""How much subjects and scans vary: the ranges from which the cohort and the training pool are drawn.

Every range was widened or moved to lower the distance to real scans, which
`tests.benchmarks.cohort_distance` prints with each of these parts taken back alone. Training draws from
ranges a quarter broader than the cohort's, so that a cohort's scan lies within what a model has seen.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import torch
from torch import Tensor

CONTRASTS = ("flair", "t1", "t2")

Range = tuple[float, float]


@dataclass(frozen=True)
class Variation:
    """Ranges of what is drawn; all are even within their range unless it is said.

    Attributes:
        grey: intensity of grey matter where white matter has 1, of each contrast. Scanners differ: the two
            lie nearly together or far apart.
        fluid: the same of cerebrospinal fluid. FLAIR and T1 show it nearly black, T2 at 2 to 3 times the
            median of the brain.
        gain: of a scan whose brain has a median of 0.45; a real brain is not composed as the template is.
        bias: standard deviation of the logarithm of the bias field's knots.
        regional: the same of each tissue's own field: white matter is not equally bright everywhere.
        widening: displacement into the ventricles, mm; skewed, as age widens them: most are narrow.
        sulci: odds of fluid against tissue, times this, on a logarithmic scale; from the same age. The fluid
            between folds and over the rim makes a brain's edge a mixture.
        rim: how dark a mask's outermost pixels are, from 0 to 1: there a brain mixes with what was cut away.
        thickness: of a slice, mm; skewed: most are thin. A thick one averages through the plane.
        texture: standard deviation of the tissue's own texture.
        blur: standard deviation of the in-plane point spread, pixels.
        noise: standard deviation in each of the two channels.
        cut: share of scans whose field of view ends within the brain.
        cut_mm: how much of the brain's extent such a field of view leaves out, mm.
    """

    grey: Mapping[str, Range] = field(
        default_factory=lambda: MappingProxyType({"flair": (1.1, 1.4), "t1": (0.6, 0.8), "t2": (1.25, 1.7)})
    )
    fluid: Mapping[str, Range] = field(
        default_factory=lambda: MappingProxyType(
            {"flair": (0.05, 0.4), "t1": (0.1, 0.32), "t2": (2.6, 4.2)}
        )
    )
    gain: Range = (0.95, 1.05)
    bias: float = 0.06
    regional: float = 0.025
    widening: Range = (-1.0, 7.0)
    sulci: Range = (0.6, 2.0)
    rim: Range = (0.0, 0.8)
    thickness: Range = (0.0, 5.5)
    texture: Range = (0.004, 0.016)
    blur: Range = (0.3, 0.65)
    noise: Range = (0.004, 0.02)
    cut: float = 0.1
    cut_mm: Range = (5.0, 30.0)

    def broader(self, factor: float) -> Variation:
        """The same with every range `factor` times as wide about its middle, none below 0."""

        def wide(low: float, high: float) -> Range:
            middle, half = (low + high) / 2, factor * (high - low) / 2
            return max(middle - half, min(low, 0.0)), middle + half

        return dataclasses.replace(
            self,
            grey={name: wide(*bounds) for name, bounds in self.grey.items()},
            fluid={name: wide(*bounds) for name, bounds in self.fluid.items()},
            gain=wide(*self.gain),
            bias=factor * self.bias,
            regional=factor * self.regional,
            texture=wide(*self.texture),
            blur=wide(*self.blur),
            noise=wide(*self.noise),
            cut=factor * self.cut,
            cut_mm=wide(*self.cut_mm),
        )


COHORT = Variation()
TRAINING = COHORT.broader(1.25)


def even(bounds: Range, count: int, generator: torch.Generator) -> Tensor:
    """`count` draws, each value within `bounds` equally likely, (count,)."""
    low, high = bounds
    return low + (high - low) * torch.rand(count, generator=generator)
