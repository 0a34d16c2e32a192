"""How unlikely each latent code is to the prior.

Naval Marimont and Tarroni: Anomaly detection through latent space restoration using vector quantized
variational autoencoders, 2020, arXiv 2012.06765.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import torch.nn.functional as F
from torch import Tensor

from explorer.contracts import ScoreMap
from explorer.evidence import Evidence
from explorer.predictors.base import PREDICTORS, HealthyScores, Predictor, codes_of
from explorer.settings import setting


@PREDICTORS.register("code-surprise")
@dataclass(frozen=True)
class CodeSurprise(Predictor):
    """-log p(c_i | c_<i), nats, at each code's pixels."""

    title: ClassVar[str] = "Code surprise"
    summary: ClassVar[str] = "how unlikely the latent code at this place is, given those before it"
    formula: ClassVar[str] = "−log p(c_i | c_<i), nats"
    source: ClassVar[str] = "Naval Marimont and Tarroni, 2020, arXiv 2012.06765"
    colour: ClassVar[str] = "#666666"
    dash: ClassVar[str] = "5px,2px"
    marker: ClassVar[str] = "cross"
    order: ClassVar[int] = 20
    needs: ClassVar[tuple[str, ...]] = ("indices", "code_nll")

    interpolate: bool = setting(False, "blend between codes instead of showing each as a square")

    def maps(self, evidence: Evidence, calibration: HealthyScores | None = None) -> Iterator[ScoreMap]:
        yield ScoreMap(self._upsampled(codes_of(evidence).code_nll, evidence.x))

    def _upsampled(self, nll: Tensor, x: Tensor) -> Tensor:
        size = x.shape[-2:]
        if self.interpolate:
            return F.interpolate(nll[:, None], size, mode="bilinear", align_corners=False)
        return F.interpolate(nll[:, None], size, mode="nearest")
