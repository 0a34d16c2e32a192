"""Every image of a prepared scan through a model and its predictors, in batches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import torch
from torch import Tensor

from explorer.evaluation.cohort import Scoring, image_scores
from explorer.evidence import observe
from explorer.predictors import check_fits, score
from explorer.scans.placing.preparing import Prepared


@dataclass(frozen=True, eq=False)
class ScoredScan:
    """What is known of a scan so far.

    Attributes:
        done: images scored.
        total: images to be scored.
        values: scores by predictor, (N, 1, H, W), float32, on the CPU; NaN in images not scored and outside
            the foreground.
        profile: by predictor, one score an image, (N,): the mean of its highest 1 % of foreground pixels; NaN
            in images not scored.
    """

    done: int
    total: int
    values: Mapping[str, Tensor]
    profile: Mapping[str, Tensor]


def score_scan(
    prepared: Prepared, scoring: Scoring, *, lock: AbstractContextManager[object] | None = None
) -> Iterator[ScoredScan]:
    """Score all images that hold foreground and yield what is known after each batch.

    The caller may stop at any time. The tensors of all that is yielded are the same and fill up.

    Args:
        prepared: the scan.
        scoring: model, predictors and betas.
        lock: held while a batch is scored, never while the caller works.

    Raises:
        ValueError: where a beta is out of its range, or a predictor lacks its calibration or does not fit.
    """
    for name, predictor in scoring.predictors.items():
        check_fits(name, predictor, scoring.model)
    shape = prepared.images.shape
    values = {name: torch.full(shape, torch.nan) for name in scoring.predictors}
    profile = {name: torch.full(shape[:1], torch.nan) for name in scoring.predictors}
    slices = prepared.slices
    for start in range(0, len(slices), scoring.batch):
        chosen = list(slices[start : start + scoring.batch])
        with lock or nullcontext():
            evidence = observe(
                scoring.model,
                prepared.images[chosen].to(scoring.device),
                scoring.beta,
                scoring_beta=scoring.scoring_beta,
            )
            for name, predictor in scoring.predictors.items():
                found = score(predictor, evidence, scoring.calibration).cpu()
                inside = prepared.foregrounds[chosen]
                values[name][chosen] = found.masked_fill(~inside, torch.nan)
                profile[name][chosen] = image_scores(found, inside)
        yield ScoredScan(start + len(chosen), len(slices), values, profile)
