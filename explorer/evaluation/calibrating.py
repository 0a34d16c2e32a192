"""How healthy scores are gathered: many slices for a model's file, a few at once for what the file lacks."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import numpy as np
import torch
from torch import Tensor

from explorer.contracts import Conditions, Model
from explorer.evaluation.calibration import LEVELS, REC, Calibration
from explorer.evaluation.histogram import ScoreHistogram
from explorer.evaluation.members import HealthySlices
from explorer.evaluation.sample_scores import SURPRISE, total_surprise
from explorer.evidence import Evidence, observe
from explorer.predictors import (
    PREDICTORS,
    HealthyScores,
    Predictor,
    check_fits,
    healthy_name,
    predictors_for,
    score,
)

FEW_SLICES, BETAS_PER_DECADE = 24, 2
"""Healthy slices and training betas of what is gathered at once."""


def calibrate(
    model: Model,
    images: Tensor,
    foregrounds: Tensor,
    betas: Sequence[float],
    *,
    batch_size: int = 16,
    device: torch.device | str = "cpu",
    predictors: Iterable[Predictor] | None = None,
    given: Calibration | None = None,
    conditions: Conditions | None = None,
) -> Calibration:
    """Score healthy images with predictors, and with those whose healthy scores these are made of.

    Predictors that need healthy scores come last and get those of the others. The scoring beta is the
    training beta. Quantiles are exact to 12 bits: they come from score histograms, so no scores are kept.

    Args:
        model: on `device`.
        images: healthy images, (N, 1, H, W), float32 in [0, 1].
        foregrounds: the pixels that count, (N, 1, H, W), bool.
        betas: training betas, ascending, in the model's range.
        batch_size: images scored at once.
        device: where the model is; batches are moved there.
        predictors: which; None takes all that fit the model, with their default settings.
        given: healthy scores that are known already; what it knows is taken from it.
        conditions: what is known of the images; None: nothing.

    Returns:
        The calibration, on the CPU.

    Raises:
        ValueError: where shapes do not fit, no pixel counts, or a predictor does not fit the model.
    """
    if images.shape != foregrounds.shape:
        raise ValueError(
            f"foregrounds must have the shape of images {tuple(images.shape)}, got {tuple(foregrounds.shape)}"
        )
    if not bool(foregrounds.any()):
        raise ValueError("foregrounds must hold at least one pixel that counts, got none")
    healthy = HealthySlices(images, foregrounds, conditions or Conditions.unknown(len(images)))
    if predictors is None:
        predictors = [PREDICTORS[name]() for name in predictors_for(model)]
    made = Calibration(
        torch.tensor(list(betas), dtype=torch.float64), torch.tensor(LEVELS, dtype=torch.float64), {}
    )
    for stage in _stages(predictors, model, given):
        rows = {name: torch.empty(len(betas), len(LEVELS), dtype=torch.float64) for name in stage}
        known = made if given is None else given.joined(made)
        for k, beta in enumerate(betas if stage else ()):
            evidences = (
                (
                    observe(model, part.images.to(device), beta, conditions=part.conditions),
                    part.foregrounds.to(device),
                )
                for part in healthy.split(batch_size)
            )
            for name, histogram in _histograms(stage, evidences, known).items():
                rows[name][k] = quantiles_of(histogram)
        made = Calibration(made.betas, made.levels, {**made.quantiles, **rows})
    return made


def supplemented(
    calibration: Calibration | None,
    model: Model,
    predictors: Iterable[Predictor],
    slices: Callable[[int], HealthySlices],
    device: torch.device,
) -> Calibration | None:
    """A calibration with what these predictors compare with and it lacks, from a few healthy slices.

    Predictors of many passes are left to the command `calibrate`, as they would take minutes.

    Args:
        calibration: of the model on a dataset; None stays None.
        model: on `device`.
        predictors: that are to be used.
        slices: gives so many healthy slices of the dataset.
        device: where the model is.

    Raises:
        ValueError: where the model lacks what one of them needs.
    """
    if calibration is None:
        return None
    wanted: list[Predictor] = []
    for predictor in predictors:
        more = lacking(predictor, calibration)
        for one in (predictor, *more):
            check_fits(PREDICTORS.name_of(type(one)), one, model)
        wanted += more
    if not wanted:
        return calibration
    betas = spaced(*model.beta_range, BETAS_PER_DECADE)
    healthy = slices(FEW_SLICES)
    made = calibrate(
        model,
        healthy.images,
        healthy.foregrounds,
        betas,
        device=device,
        predictors=wanted,
        given=calibration,
        conditions=healthy.conditions,
    )
    return calibration.joined(made)


def lacking(predictor: Predictor, calibration: Calibration | None) -> list[Predictor]:
    """What a predictor compares with and a calibration lacks, less what takes many passes."""
    return [
        one
        for one in predictor.compared
        if not (one.iterative or (calibration is not None and calibration.knows(healthy_name(one))))
    ]


def spaced(low: float, high: float, per_decade: int) -> tuple[float, ...]:
    """Betas from `low` to `high`, evenly in the logarithm, about so many a decade; one if they are equal."""
    count = max(round(math.log10(high / low) * per_decade), 1) + 1 if high > low else 1
    return tuple(float(beta) for beta in np.geomspace(low, high, count))


def _stages(
    predictors: Iterable[Predictor], model: Model, given: Calibration | None
) -> tuple[Mapping[str, Predictor | None], ...]:
    """What is scored first, and what then, by the name under which it is kept; None: a number an image."""
    wanted: dict[str, Predictor] = {}
    for predictor in predictors:
        check_fits(PREDICTORS.name_of(type(predictor)), predictor, model)
        for one in lacking(predictor, given):
            check_fits(PREDICTORS.name_of(type(one)), one, model)
            wanted[healthy_name(one)] = one
        wanted[healthy_name(predictor)] = predictor
    late: dict[str, Predictor | None] = {
        name: one for name, one in wanted.items() if one.needs_calibration or one.compared
    }
    if "code-surprise" in wanted:
        late[SURPRISE] = None
    return {REC: None, **{name: one for name, one in wanted.items() if name not in late}}, late


def _histograms(
    predictors: Mapping[str, Predictor | None],
    batches: Iterator[tuple[Evidence, Tensor]],
    calibration: HealthyScores,
) -> dict[str, ScoreHistogram]:
    """Histograms of predictors' scores over the foreground of all batches, of other scores over images."""
    parts: dict[str, list[ScoreHistogram]] = {name: [] for name in predictors}
    for evidence, foreground in batches:
        for name, predictor in predictors.items():
            if predictor is None:
                scores = evidence.rec if name == REC else total_surprise(evidence, calibration)
                counted = torch.ones_like(scores, dtype=torch.bool)
            else:
                scores, counted = score(predictor, evidence, calibration), foreground
            parts[name].append(ScoreHistogram.of(scores, torch.zeros_like(counted), counted))
    return {name: ScoreHistogram.merge(histograms) for name, histograms in parts.items()}


def quantiles_of(histogram: ScoreHistogram) -> Tensor:
    """The smallest score that at least each of `LEVELS` of the pixels do not exceed, (Q,), float64."""
    reached = histogram.counts[0].cumsum(0)
    wanted = torch.tensor([math.ceil(level * histogram.healthy - 1e-6) for level in LEVELS]).clamp(min=1)
    return histogram.thresholds[torch.searchsorted(reached, wanted)].double()
