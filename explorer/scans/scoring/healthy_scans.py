"""How whole healthy scans score: their sample scores, and maps that are filtered across slices.

A filter that takes in neighbouring slices lowers high scores, and a sum over a scan is no sum over a slice:
single healthy slices say nothing of either.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import torch

from explorer.contracts import Model, Slice, stack
from explorer.datasets import Source
from explorer.evaluation.calibrating import quantiles_of
from explorer.evaluation.calibration import LEVELS, Calibration, of_scans
from explorer.evaluation.cohort import Scoring
from explorer.evaluation.histogram import ScoreHistogram
from explorer.evaluation.sample_scores import SURPRISE
from explorer.predictors import Predictor, healthy_name
from explorer.scans.scoring.scoring import knows_surprise, score_slices

SCANS, FEW_SCANS = 20, 2
"""Healthy scans for sample scores, and for maps that are filtered across slices, of many passes each."""


def calibrate_scans(
    model: Model,
    dataset: Source,
    betas: Sequence[float],
    given: Calibration,
    device: torch.device,
    *,
    predictors: Iterable[Predictor],
) -> Calibration:
    """Quantiles over whole scans of the calibration split, to be joined to those of slices.

    Args:
        model: on `device`.
        dataset: of healthy slices; where they make up no scans, nothing is found.
        betas: training betas, ascending, in the model's range.
        given: of that model on single slices of that dataset.
        device: where the model is.
        predictors: of which those are scored whose maps of scans are more than those of slices.
    """
    filtering = {healthy_name(one): one for one in predictors if one.slicewise != one}
    rows = []
    for beta in betas:
        scoring = Scoring(model, given, filtering, beta, beta, device)
        found = map_scores(healthy_scans(dataset, FEW_SCANS), scoring)
        if knows_surprise(model, given):
            found[SURPRISE] = surprises(healthy_scans(dataset, SCANS), replace(scoring, predictors={}))
        rows.append({name: quantiles_of(part) for name, part in found.items() if part.healthy})
    grid, levels = (torch.tensor(list(values), dtype=torch.float64) for values in (betas, LEVELS))
    quantiles = {of_scans(name): torch.stack([row[name] for row in rows]) for name in rows[0]}
    return Calibration(grid, levels, quantiles)


def healthy_scans(dataset: Source, count: int) -> Iterator[Sequence[Slice]]:
    """Whole scans of the calibration split, each from below; none where slices make up none."""
    for places in dataset.scans("calibration", count):
        yield [dataset.slice("calibration", *place) for place in places]


def map_scores(scans: Iterable[Sequence[Slice]], scoring: Scoring) -> dict[str, ScoreHistogram]:
    """Scores of the foreground's pixels in whole scans, by predictor."""
    found = dict.fromkeys(scoring.predictors, ScoreHistogram.empty())
    for scan in scans if found else ():
        *_, scored = score_slices(scan, scoring)
        foregrounds = stack([one.foreground for one in scan])
        for name, values in scored.values.items():
            found[name] += ScoreHistogram.of(values, torch.zeros_like(foregrounds), foregrounds)
    return found


def surprises(scans: Iterable[Sequence[Slice]], scoring: Scoring) -> ScoreHistogram:
    """The sample score `code-surprise` of each scan, which model and calibration must know."""
    found = ScoreHistogram.empty()
    for scan in scans:
        *_, scored = score_slices(scan, scoring)
        total = torch.stack([scored.surprise.nansum()])  # type: ignore[union-attr]
        found += ScoreHistogram.of(total, torch.zeros_like(total, dtype=torch.bool))
    return found
