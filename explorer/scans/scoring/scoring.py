"""Every image of a scan through a model and its predictors, in batches, and then across the slices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from explorer.contracts import Conditions, Model, Slice, stack
from explorer.evaluation.calibration import Calibration
from explorer.evaluation.cohort import Scoring, image_scores
from explorer.evaluation.sample_scores import total_surprise
from explorer.evidence import observe, parts_of
from explorer.predictors import check_fits, score
from explorer.scans.placing.preparing import Prepared


@dataclass(frozen=True, eq=False)
class ScoredScan:
    """What is known of a scan so far.

    Attributes:
        done: images scored.
        total: images to be scored.
        values: scores by predictor, (N, 1, H, W), float32, on the CPU; NaN in images not scored and outside
            the foreground. Until all images are scored, predictors that filter across slices have there
            what they are going to filter, foreground or not.
        profile: by predictor, one score an image, (N,): the mean of its highest 1 % of foreground pixels; NaN
            in images not scored.
        surprise: sample score `code-surprise` of each image, nats, (N,); NaN in images not scored; None where
            model or healthy data give none.
        rec: reconstruction term of each image, nats, (N,); NaN in images not scored; None where nobody asked.
    """

    done: int
    total: int
    values: Mapping[str, Tensor]
    profile: Mapping[str, Tensor]
    surprise: Tensor | None = None
    rec: Tensor | None = None


def score_scan(
    prepared: Prepared,
    scoring: Scoring,
    *,
    contrast: str = "",
    turn: AbstractContextManager[object] | None = None,
) -> Iterator[ScoredScan]:
    """Score a prepared scan, said to be of this MR sequence or of none that is known; see `score_slices`."""
    slices = [prepared.slice_at(index, contrast) for index in range(len(prepared.images))]
    return score_slices(slices, scoring, turn=turn)


def score_slices(
    slices: Sequence[Slice], scoring: Scoring, *, turn: AbstractContextManager[object] | None = None
) -> Iterator[ScoredScan]:
    """Score all slices of a scan that hold foreground and yield what is known after each batch.

    The caller may stop at any time. The tensors of all that is yielded are the same and fill up.

    Args:
        slices: all of the scan, from below.
        scoring: model, predictors and betas.
        turn: held during each step of the work, never while the caller works.

    Raises:
        ValueError: where a beta is out of its range, or a predictor lacks its calibration or does not fit.
    """
    for name, predictor in scoring.predictors.items():
        check_fits(name, predictor, scoring.model)
    foregrounds = stack([one.foreground for one in slices])
    wanted = torch.nonzero(foregrounds.flatten(1).any(1)).flatten()
    known = knows_surprise(scoring.model, scoring.calibration)
    scored = ScoredScan(
        0,
        len(wanted),
        {name: torch.full(foregrounds.shape, torch.nan) for name in scoring.predictors},
        {name: torch.full((len(slices),), torch.nan) for name in scoring.predictors},
        torch.full((len(slices),), torch.nan) if known else None,
        torch.full((len(slices),), torch.nan),
    )
    for chosen in torch.split(wanted, scoring.batch):
        _score_batch([slices[index] for index in chosen.tolist()], chosen, scoring, scored, turn)
        scored = replace(scored, done=scored.done + len(chosen))
        fresh = wanted if scored.done == scored.total else chosen
        for name, predictor in scoring.predictors.items():
            values = scored.values[name]
            if scored.done == scored.total:
                values.copy_(predictor.across_slices(values).masked_fill(~foregrounds, torch.nan))
            scored.profile[name][fresh] = image_scores(values[fresh], foregrounds[fresh])
        yield scored


def knows_surprise(model: Model, calibration: Calibration | None) -> bool:
    """Whether there is what the sample score `code-surprise` needs."""
    return "code_nll" in parts_of(model) and calibration is not None and calibration.knows("code-surprise")


def _score_batch(
    slices: Sequence[Slice],
    places: Tensor,
    scoring: Scoring,
    scored: ScoredScan,
    turn: AbstractContextManager[object] | None,
) -> None:
    """Enter the scores of some slices of a scan, in place."""
    evidence = observe(
        scoring.model,
        stack([one.image for one in slices]).to(scoring.device),
        scoring.beta,
        scoring_beta=scoring.scoring_beta,
        conditions=Conditions.of(slices),
    )
    outside = ~stack([one.foreground for one in slices])
    for name, predictor in scoring.predictors.items():
        found = score(predictor.slicewise, evidence, scoring.calibration, turn).cpu()
        filtered = predictor.slicewise != predictor
        scored.values[name][places] = found if filtered else found.masked_fill(outside, torch.nan)
    if scored.rec is not None:
        scored.rec[places] = evidence.rec.float().cpu()
    if scored.surprise is not None:
        with turn or nullcontext():
            surprise = total_surprise(evidence, scoring.calibration)
        scored.surprise[places] = surprise.float().cpu()
