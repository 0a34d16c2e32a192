"""What the scores of a scan say: threshold, places, figures, and what the browser is told of them."""

from __future__ import annotations

import math
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from explorer.commands.localize import SHOWN, figures
from explorer.evaluation.calibration import LEVELS, Calibration
from explorer.evaluation.curves import operating_point
from explorer.evaluation.histogram import ScoreHistogram
from explorer.looking.healthy import LOW_LEVEL, TOP_LEVEL
from explorer.looking.planes import map_packet
from explorer.predictors import PREDICTORS
from explorer.scans.finding.components import Component, components
from explorer.scans.finding.lesions import Detection, detect
from explorer.scans.placing.preparing import Prepared
from explorer.scans.scoring.jobs import Job
from explorer.scans.scoring.scoring import ScoredScan
from explorer.ui.pages.scan_session import Own, Result


@dataclass(frozen=True, eq=False)
class Measured:
    """Figures against a mask.

    Attributes:
        histogram: scores of the foreground's pixels.
        figures: `auroc`, `average_precision`, `best_dice`, and `dice` at the threshold; None: not defined.
        detection: lesions found at the threshold.
    """

    histogram: ScoreHistogram
    figures: dict[str, float | None]
    detection: Detection


def result_of(key: str, job: Job, scored: ScoredScan, prepared: Prepared) -> Result:
    """A result at its first threshold: what 99 % of healthy pixels, or else of this scan's own, stay below.

    Args:
        key: of the scan's packet.
        job: how it was scored.
        scored: the scores.
        prepared: the images scored.
    """
    healthy, (name, _), number = fitting(job), job.predictor, secrets.token_hex(4)
    if healthy is not None:
        threshold = float(healthy.quantile(name, job.scoring.beta, SHOWN))
    else:
        threshold = float(np.quantile(scored.values[name][prepared.foregrounds].numpy(), SHOWN))
    values = scored.values[name]
    packet = map_packet(
        key,
        number,
        PREDICTORS[name].title,
        values[:, 0].numpy(),
        _colours(job, values[prepared.foregrounds].numpy()),
    )
    return Result(job, scored, prepared, number, threshold, packet)


def fitting(job: Job) -> Calibration | None:
    """The healthy scores of the job's predictor, where they are known for its very settings."""
    name, predictor = job.predictor
    healthy, scoring = job.scoring.calibration, job.scoring
    if healthy is None or name not in healthy.quantiles or predictor != PREDICTORS[name]():
        return None
    own_beta = predictor.uses_scoring_beta and scoring.scoring_beta != scoring.beta
    return None if own_beta else healthy


def percentile_of(job: Job) -> Callable[[float], float] | None:
    """The share of healthy pixels below a score, where it is known."""
    healthy, (name, _), beta = fitting(job), job.predictor, job.scoring.beta
    if healthy is None:
        return None
    return lambda peak: float(healthy.percentile(name, beta, torch.full((1, 1, 1, 1), peak)))


def _colours(job: Job, inside: NDArray[np.float32]) -> tuple[float, float]:
    """Ends of the map's colour bar: of healthy scores, or else of the scan's own."""
    healthy, (name, _) = fitting(job), job.predictor
    if healthy is None:
        low, high = (float(end) for end in np.quantile(inside, (LOW_LEVEL, TOP_LEVEL)))
        return low, max(high, low + 1e-12)
    if (scale := PREDICTORS[name].scale) is not None:
        return scale
    levels = torch.tensor([LOW_LEVEL, TOP_LEVEL], dtype=torch.float64)
    low, high = healthy.quantile(name, job.scoring.beta, levels).tolist()
    return low, high


def places_of(result: Result) -> list[Component]:
    """The most anomalous places at the present threshold."""
    return result.at_threshold("places", lambda: _places(result))


def measured(own: Own, result: Result) -> Measured | None:
    """Figures against the mask that came along, at the present threshold; None without a mask."""
    mask = own.mask
    return None if mask is None else result.at_threshold("measured", lambda: _measured(mask, result))


def _places(result: Result) -> list[Component]:
    foreground = result.prepared.foregrounds[:, 0].numpy()
    return components(
        result.values,
        foreground,
        result.threshold,
        result.prepared.placement,
        percentile=percentile_of(result.job),
    )


def _measured(mask: NDArray[np.bool_], result: Result) -> Measured:
    prepared, values = result.prepared, result.scored.values[result.job.predictor[0]]
    marked = prepared.mask_to_model(mask)
    histogram = ScoreHistogram.of(values, marked, prepared.foregrounds)
    dice = operating_point(histogram, result.threshold).dice
    found = dict(figures(values, marked, prepared)) | {"dice": None if math.isnan(dice) else dice}
    foreground = prepared.foregrounds[:, 0].numpy()
    detection = detect(result.values, foreground, mask, prepared.placement, result.threshold)
    return Measured(histogram, found, detection)


def settings_for(key: str, own: Own, result: Result | None, places: list[Component]) -> dict[str, Any]:
    """What the planes are told beside the packets."""
    if result is None:
        return {"key": key, "result": None}
    name, profile = result.job.predictor[0], result.scored.profile[result.job.predictor[0]].tolist()
    healthy = fitting(result.job)
    return {
        "key": key,
        "result": result.number,
        "threshold": result.threshold,
        "profile": [None if math.isnan(value) else value for value in profile],
        "anomalous": [] if own.mask is None else _slices_of(result.prepared, own.mask),
        "places": [
            {"ml": one.ml, "peak": one.peak, "healthy": one.percentile, "place": list(one.place)}
            for one in places
        ],
        "note": "" if places else "No pixel of the foreground reaches the threshold: lower it to see places.",
        "healthy": None
        if healthy is None
        else {
            "levels": list(LEVELS),
            "quantiles": healthy.quantile(
                name, result.job.scoring.beta, torch.tensor(LEVELS, dtype=torch.float64)
            ).tolist(),
        },
    }


def _slices_of(prepared: Prepared, mask: NDArray[np.bool_]) -> list[int]:
    found: list[int] = torch.nonzero(prepared.mask_to_model(mask).flatten(1).any(1)).flatten().tolist()
    return found
