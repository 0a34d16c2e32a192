"""Several predictors on one scale: the fraction of healthy pixels that score lower.

Zhou et al.: Unsupervised anomaly localization using VAE and beta-VAE, 2020, arXiv 2005.10686, propose
ensembles of predictors. *The rule is ours*, as theirs was not available: each member's map is replaced by its
healthy percentiles, and these are averaged or multiplied.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

import torch

from explorer.contracts import ScoreMap
from explorer.evidence import Evidence
from explorer.predictors.base import PREDICTORS, HealthyScores, Predictor, score
from explorer.settings import setting


@PREDICTORS.register("ensemble")
@dataclass(frozen=True)
class Ensemble(Predictor):
    """Mean or product of the members' healthy percentiles, in [0, 1].

    Members run with their default settings, as those are what a calibration holds.
    """

    title: ClassVar[str] = "Ensemble"
    summary: ClassVar[str] = "how unusual a pixel is to several predictors together, against healthy pixels"
    source: ClassVar[str] = "proposed by Zhou et al., 2020, arXiv 2005.10686; this rule is our own"
    colour: ClassVar[str] = "#CC79A7"
    dash: ClassVar[str] = "9px,3px,2px,3px,2px,3px"
    marker: ClassVar[str] = "star"
    order: ClassVar[int] = 70
    needs: ClassVar[tuple[str, ...]] = ("x_hat", "grad_kl")
    needs_calibration: ClassVar[bool] = True

    rule: Literal["mean", "product"] = setting(
        "mean", "how the members are joined", choices=("mean", "product")
    )
    members: str = setting(
        "reconstruction-error,kl-gradient,combination", "names of predictors, separated by commas"
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in self.names:
            if PREDICTORS[name].needs_calibration:
                raise ValueError(f"members must be predictors that need no calibration, got {name!r}")

    @property
    def names(self) -> tuple[str, ...]:
        """The members, one by one."""
        return tuple(name.strip() for name in self.members.split(","))

    @property
    def uses_scoring_beta(self) -> bool:
        return any(PREDICTORS[name]().uses_scoring_beta for name in self.names)

    def maps(self, evidence: Evidence, calibration: HealthyScores | None = None) -> Iterator[ScoreMap]:
        if calibration is None:
            raise ValueError("ensemble needs a calibrated model, got none; choose another predictor")
        percentiles = torch.stack(
            [
                calibration.percentile(name, evidence.beta, score(PREDICTORS[name](), evidence))
                for name in self.names
            ]
        )  # (members, B, 1, H, W)
        yield ScoreMap(percentiles.mean(0) if self.rule == "mean" else percentiles.prod(0))
