"""The gradient of the KL term by the image.

Zimmerer et al.: Unsupervised Anomaly Localization using Variational Auto-Encoders, 2019, arXiv 1907.02796.
Noisy copies: Smilkov et al.: SmoothGrad: removing noise by adding noise, 2017, arXiv 1706.03825.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from explorer.contracts import ScoreMap
from explorer.evidence import Evidence
from explorer.predictors.base import PREDICTORS, HealthyScores, Predictor
from explorer.predictors.filters.gaussian import smooth
from explorer.settings import setting


@PREDICTORS.register("kl-gradient")
@dataclass(frozen=True)
class KlGradient(Predictor):
    """G * |d kl / dx|; with `copies` above 0, d kl / dx is its mean over that many noisy copies.

    *Differs from the released helper* (MIC-DKFZ/trixi), which adds each copy's noise to the last copy's and
    averages absolute values; here every copy has fresh noise and the absolute value follows the mean.
    """

    title: ClassVar[str] = "KL gradient"
    summary: ClassVar[str] = "how strongly a pixel's change would bring the latent code nearer to the prior"
    formula: ClassVar[str] = "G * |∂ KL / ∂x|"
    source: ClassVar[str] = "Zimmerer et al., 2019, arXiv 1907.02796"
    colour: ClassVar[str] = "#56B4E9"
    dash: ClassVar[str] = "dash"
    marker: ClassVar[str] = "diamond"
    order: ClassVar[int] = 40
    needs: ClassVar[tuple[str, ...]] = ("x_hat", "grad_kl")

    copies: int = setting(
        0,
        "noisy copies to average over (SmoothGrad); 0: the plain gradient",
        minimum=0,
        maximum=32,
        label="noisy copies",
    )
    eps: float = setting(
        0.1,
        "noise of the copies, as a fraction of the image's range of intensities",
        minimum=0.0,
        maximum=1.0,
        label="noise level",
    )
    seed: int = setting(0, "of the noise", minimum=0, maximum=2**31 - 1)

    def maps(self, evidence: Evidence, calibration: HealthyScores | None = None) -> Iterator[ScoreMap]:
        yield ScoreMap(evidence.memo(self, lambda: smooth(self._gradient(evidence).abs())))

    def _gradient(self, evidence: Evidence) -> Tensor:
        if self.copies == 0:
            return evidence.grad_kl
        return evidence.smooth_grad_kl(self.copies, self.eps, self.seed)
