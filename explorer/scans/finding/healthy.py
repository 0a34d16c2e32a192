"""The healthy scores against which a map may be read: those of its very predictor, settings and betas.

A model's calibration holds quantiles of predictors with their default settings, and with others that were
added, the scoring beta being the training beta. For anything else they would be numbers of another map, so
that nothing is better than them.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from explorer.evaluation.calibration import Calibration, of_scans
from explorer.evaluation.cohort import Scoring
from explorer.predictors import PREDICTORS, Predictor, healthy_name
from explorer.scans.calibrating.own import OwnHealthy


@dataclass(frozen=True, eq=False)
class Healthy:
    """How healthy pixels score in a map.

    Attributes:
        calibration: of the model on the healthy data.
        name: under which the predictor's healthy scores are kept.
        beta: training beta.
        own: the healthy scans of the person's own that they are of; None: of the model's healthy data.
    """

    calibration: Calibration
    name: str
    beta: float
    own: OwnHealthy | None = None

    def quantiles(self, levels: Sequence[float]) -> list[float]:
        """The scores that these shares of healthy pixels do not exceed."""
        wanted = torch.tensor(list(levels), dtype=torch.float64)
        found: list[float] = self.calibration.quantile(self.name, self.beta, wanted).tolist()
        return found

    def percentile(self, score: float) -> float:
        """The share of healthy pixels that score lower, in [0, 1]."""
        one = torch.full((1, 1, 1, 1), score)
        return float(self.calibration.percentile(self.name, self.beta, one))


def fitting(scoring: Scoring, predictor: Predictor, *, volume: bool) -> Healthy | None:
    """The healthy scores that fit a predictor's map of a volume or a picture, or None; `misfit` says why."""
    if scoring.calibration is None or misfit(scoring, predictor, volume=volume):
        return None
    return Healthy(scoring.calibration, _kept_name(predictor, volume), scoring.beta)


def misfit(scoring: Scoring, predictor: Predictor, *, volume: bool) -> str:
    """Why no healthy scores fit a predictor's map, as a clause; empty where some do."""
    name, kept = PREDICTORS.name_of(type(predictor)), healthy_name(predictor)
    if scoring.calibration is None:
        return "no healthy data was chosen to compare with"
    if not scoring.calibration.knows(kept):
        remedy = f"to add them: python -m explorer calibrate MODEL --predictor {shlex.quote(kept)}"
        if kept == name or not scoring.calibration.knows(name):
            return f"the model was not calibrated for {kept} ({remedy})"
        apart = kept.partition(":")[2]
        return f"the healthy scores of {name} are those of its defaults, not of {apart} ({remedy})"
    if not scoring.calibration.knows(_kept_name(predictor, volume)):
        which = "" if kept == name else f" --predictor {shlex.quote(kept)}"
        return (
            f"the healthy scores of {kept} are those of single slices, not of slices filtered with their "
            f"neighbours (to add them: python -m explorer calibrate MODEL{which}; or choose neighbours=False)"
        )
    if predictor.uses_scoring_beta and scoring.scoring_beta != scoring.beta:
        return (
            f"the healthy scores of {name} at training beta {scoring.beta:g} are those of scoring beta "
            f"{scoring.beta:g}, not {scoring.scoring_beta:g}"
        )
    return ""


def _kept_name(predictor: Predictor, volume: bool) -> str:
    """Under which name a calibration holds the scores that fit a map of this predictor."""
    name = healthy_name(predictor)
    return of_scans(name) if volume and predictor.slicewise != predictor else name
