"""How much subjects and scans vary: the ranges from which the cohort and the training pool are drawn.

Every range was widened or moved to lower the distance to real scans, which
`tests.benchmarks.cohort_distance` prints with each of these parts taken back alone. Training draws from
ranges a quarter broader than the cohort's, so that a cohort's scan lies within what a model has seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType

import torch
from torch import Tensor

from explorer.contracts import CONTRASTS as CONTRASTS

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
        edge: how far a brain's mask ends within the fluid around it: where its twice averaged coverage is
            above this. At 0.5 all fluid stays, at 0.9 two pixels are lost.
        rim: how dark a mask's outermost pixels are, from 0 to 1: there a brain mixes with what was cut away.
        thickness: of a slice, mm; skewed: most are thin. A thick one averages through the plane.
        texture: standard deviation of the tissue's own texture.
        blur: standard deviation of the in-plane point spread, pixels.
        noise: standard deviation in each of the two channels.
        cut: share of scans whose field of view ends within the brain.
        cut_mm: how much of the brain's extent such a field of view leaves out, mm.
    """

    grey: Mapping[str, Range] = field(
        default_factory=lambda: MappingProxyType(
            {"flair": (1.15, 1.6), "t1": (0.62, 0.86), "t2": (1.25, 1.7)}
        )
    )
    fluid: Mapping[str, Range] = field(
        default_factory=lambda: MappingProxyType({"flair": (0.05, 0.45), "t1": (0.1, 0.35), "t2": (3.4, 5.2)})
    )
    gain: Range = (0.95, 1.05)
    bias: float = 0.06
    regional: float = 0.04
    widening: Range = (-1.0, 5.0)
    sulci: Range = (0.6, 2.4)
    edge: Range = (0.5, 0.8)
    rim: Range = (0.2, 0.9)
    thickness: Range = (0.0, 5.5)
    texture: Range = (0.004, 0.016)
    blur: Range = (0.3, 0.65)
    noise: Range = (0.008, 0.022)
    cut: float = 0.1
    cut_mm: Range = (5.0, 30.0)

    def broader(self, factor: float) -> Variation:
        """The same with every range `factor` times as wide about its middle, and every spread as much larger.

        What is not below 0 stays so.
        """

        def wide(value: object) -> object:
            if isinstance(value, Mapping):
                return {name: wide(bounds) for name, bounds in value.items()}
            if isinstance(value, tuple):
                low, high = value
                margin = (factor - 1) * (high - low) / 2
                return (max(low - margin, 0.0) if low >= 0 else low - margin), high + margin
            assert isinstance(value, float)
            return factor * value

        return Variation(**{part.name: wide(getattr(self, part.name)) for part in fields(self)})  # type: ignore[arg-type]


COHORT = Variation()
TRAINING = COHORT.broader(1.25)


def even(bounds: Range, count: int, generator: torch.Generator) -> Tensor:
    """`count` draws, each value within `bounds` equally likely, (count,)."""
    low, high = bounds
    return low + (high - low) * torch.rand(count, generator=generator)
