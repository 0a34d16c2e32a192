"""The gradient of the reconstruction term by the image.

Zimmerer et al.: Unsupervised Anomaly Localization using Variational Auto-Encoders, 2019, arXiv 1907.02796;
Zhou et al.: Unsupervised anomaly localization using VAE and beta-VAE, 2020, arXiv 2005.10686.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from explorer.contracts import ScoreMap
from explorer.evidence import Evidence
from explorer.predictors.base import PREDICTORS, HealthyScores, Predictor
from explorer.predictors.filters.gaussian import smooth


@PREDICTORS.register("reconstruction-gradient")
@dataclass(frozen=True)
class ReconstructionGradient(Predictor):
    """G * |d rec / dx|, through the network and directly."""

    title: ClassVar[str] = "Reconstruction gradient"
    summary: ClassVar[str] = "how strongly a pixel's change would change the reconstruction term"
    formula: ClassVar[str] = "G * |∂ rec / ∂x|"
    source: ClassVar[str] = "Zimmerer et al., 2019, arXiv 1907.02796; Zhou et al., 2020, arXiv 2005.10686"
    colour: ClassVar[str] = "#999933"
    dash: ClassVar[str] = "longdash"
    marker: ClassVar[str] = "square-open"
    order: ClassVar[int] = 50
    needs: ClassVar[tuple[str, ...]] = ("x_hat", "grad_rec")

    def maps(self, evidence: Evidence, calibration: HealthyScores | None = None) -> Iterator[ScoreMap]:
        yield ScoreMap(evidence.memo(self, lambda: smooth(evidence.grad_rec.abs())))
