"""The residual between an image and its restorations in the latent space of a VQ-VAE.

Naval Marimont and Tarroni: Anomaly detection through latent space restoration using vector quantized
variational autoencoders, 2020, arXiv 2012.06765. How codes are replaced: `explorer.evidence.restoration`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

import torch
from torch import Tensor

from explorer.contracts import ScoreMap
from explorer.evidence import CodeEvidence, Evidence
from explorer.evidence.restoration import restore, uniform_noise
from explorer.predictors.base import PREDICTORS, HealthyScores, Predictor, codes_of
from explorer.predictors.filters.extremes import (
    mean_filter,
    mean_filter_3d,
    minimum_filter,
    minimum_filter_3d,
)
from explorer.settings import setting

SHARPNESS = 3.0
"""Weights are softmax_j(3 / mean |x - r_j|), as in the released code."""

AT_ONCE = 4
"""Images restored together: the keys and values of 60 grids of a brain take about 100 MB."""


@PREDICTORS.register("latent-restoration")
@dataclass(frozen=True)
class LatentRestoration(Predictor):
    """sum_j w_j |x - r_j| over the restorations r_j, then a minimum and a mean filter; yields after each r_j.

    In a scan the filters reach into the neighbouring slices, as in the released code.

    *Differs from the released code*: the threshold is a percentile of the codes under healthy foreground
    pixels, where that code takes 5 nats.
    """

    title: ClassVar[str] = "Latent restoration"
    summary: ClassVar[str] = "what changes when unlikely latent codes are replaced by likely ones"
    formula: ClassVar[str] = "Σ_j w_j |x − r_j| over restorations r_j, w = softmax(3 / mean |x − r_j|)"
    source: ClassVar[str] = "Naval Marimont and Tarroni, 2020, arXiv 2012.06765"
    colour: ClassVar[str] = "#CC6666"
    dash: ClassVar[str] = "12px,3px"
    marker: ClassVar[str] = "diamond-open"
    order: ClassVar[int] = 100
    needs: ClassVar[tuple[str, ...]] = ("indices", "code_nll")
    needs_calibration: ClassVar[bool] = True
    iterative: ClassVar[bool] = True

    restorations: int = setting(15, "restored copies of the image", minimum=1, maximum=64)
    level: float = setting(
        0.9, "codes less likely than this share of healthy ones are replaced", minimum=0.5, maximum=1.0
    )
    weights: Literal["softmax", "mean"] = setting(
        "softmax", "softmax: restorations near the image count more", choices=("softmax", "mean")
    )
    minimum: bool = setting(True, "smallest value of 3x3 pixels: removes thin edges")
    mean: bool = setting(True, "mean of 7x7 pixels: smooths")
    neighbours: bool = setting(
        True, "in scans both filters take in the slices above and below: 3x3x3 and 3x7x7 pixels"
    )
    seed: int = setting(0, "of the sampled codes", minimum=0, maximum=2**31 - 1)

    @property
    def slicewise(self) -> LatentRestoration:
        filters = self.neighbours and (self.minimum or self.mean)
        return replace(self, minimum=False, mean=False) if filters else self

    def across_slices(self, values: Tensor) -> Tensor:
        if self.slicewise == self:
            return values
        values = minimum_filter_3d(values) if self.minimum else values
        return mean_filter_3d(values) if self.mean else values

    def maps(self, evidence: Evidence, calibration: HealthyScores | None = None) -> Iterator[ScoreMap]:
        if calibration is None:
            raise ValueError("latent-restoration needs a calibrated model, got none; use code-surprise")
        seen = codes_of(evidence)
        threshold = calibration.quantile("code-surprise", evidence.beta, self.level).to(seen.code_nll)
        codes = self._codes(seen, threshold)  # (B, S, h, w)
        residuals = []
        restored = torch.zeros_like(evidence.x)
        for j in range(self.restorations):
            r = seen.decoded(codes[:, j])
            residuals.append((evidence.x - r).abs())
            restored = restored + (r - restored) / (j + 1)
            changed = (codes[:, : j + 1] != seen.indices[:, None]).float().mean(1)
            yield ScoreMap(self._joined(residuals), step=j + 1, restored=restored, changed=changed)

    def _codes(self, seen: CodeEvidence, threshold: Tensor) -> Tensor:
        prior = seen.model.prior
        noise = uniform_noise(self.restorations, prior.length, self.seed)
        codes = seen.indices.flatten(1)
        parts = []
        for rows in torch.split(torch.arange(len(codes)), AT_ONCE):
            given = seen.conditions.rows(rows)
            *_, restored = restore(prior, codes[rows], threshold[rows], noise, given)
            parts.append(restored.codes)
        return torch.cat(parts).view(len(codes), -1, prior.rows, prior.columns)

    def _joined(self, residuals: list[Tensor]) -> Tensor:
        stacked = torch.stack(residuals)  # (j, B, 1, H, W)
        distance = stacked.mean((2, 3, 4), keepdim=True)
        if self.weights == "softmax":
            weights = torch.softmax(SHARPNESS / distance.clamp(min=1e-6), 0)
        else:
            weights = torch.full_like(distance, 1 / len(stacked))
        values = (weights * stacked).sum(0)
        values = minimum_filter(values) if self.minimum else values
        return mean_filter(values) if self.mean else values
