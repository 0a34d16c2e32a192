"""The gradient of the negative ELBO by the image.

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


@PREDICTORS.register("elbo-gradient")
@dataclass(frozen=True)
class ElboGradient(Predictor):
    """G * |d (rec + b kl) / dx|, b the scoring beta; another b costs no pass through the network."""

    title: ClassVar[str] = "ELBO gradient"
    summary: ClassVar[str] = "how strongly a pixel's change would make the image more likely to the model"
    formula: ClassVar[str] = "G * |∂ (rec + w KL) / ∂x|, w the KL weight in the ELBO map"
    source: ClassVar[str] = "Zimmerer et al., 2019, arXiv 1907.02796; Zhou et al., 2020, arXiv 2005.10686"
    colour: ClassVar[str] = "#D55E00"
    dash: ClassVar[str] = "dashdot"
    marker: ClassVar[str] = "triangle-up"
    order: ClassVar[int] = 60
    needs: ClassVar[tuple[str, ...]] = ("x_hat", "grad_rec", "grad_kl")

    @property
    def uses_scoring_beta(self) -> bool:
        return True

    def maps(self, evidence: Evidence, calibration: HealthyScores | None = None) -> Iterator[ScoreMap]:
        yield ScoreMap(smooth(evidence.grad_elbo.abs()))
