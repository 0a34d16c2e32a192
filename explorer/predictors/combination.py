"""The KL gradient times the squared reconstruction error ("combi").

Zimmerer et al.: Unsupervised Anomaly Localization using Variational Auto-Encoders, 2019, arXiv 1907.02796.
*Differs from their code*, which multiplies by the negative log-likelihood with its constants (a floor of
0.919 at s = 1, a change of sign for small s) and scales every batch to [0, 1].
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from explorer.contracts import ScoreMap
from explorer.evidence import Evidence
from explorer.predictors.base import PREDICTORS, HealthyScores, Predictor, score
from explorer.predictors.kl_gradient import KlGradient
from explorer.predictors.reconstruction_error import ReconstructionError


@PREDICTORS.register("combination")
@dataclass(frozen=True)
class Combination(Predictor):
    """(G * |d kl / dx|) (x - x_hat)^2."""

    title: ClassVar[str] = "KL gradient × error²"
    summary: ClassVar[str] = "where a large KL gradient and a large reconstruction error meet"
    formula: ClassVar[str] = "(G * |∂ KL / ∂x|) (x − x̂)²"
    source: ClassVar[str] = "Zimmerer et al., 2019, arXiv 1907.02796"
    colour: ClassVar[str] = "#0072B2"
    dash: ClassVar[str] = "longdashdot"
    marker: ClassVar[str] = "x"
    order: ClassVar[int] = 30
    needs: ClassVar[tuple[str, ...]] = ("x_hat", "grad_kl")

    def maps(self, evidence: Evidence, calibration: HealthyScores | None = None) -> Iterator[ScoreMap]:
        gradient = score(KlGradient(), evidence)
        yield ScoreMap(gradient * score(ReconstructionError(), evidence).square())
