"""What the Explore page shows of one slice, computed from its state; knows nothing of Streamlit."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.checkpoints import Card
from explorer.contracts import Case
from explorer.evaluation.cohort import CohortResult, Scoring, run_cohort
from explorer.evaluation.histogram import ScoreHistogram
from explorer.predictors import PREDICTORS, score
from explorer.ui import cached
from explorer.ui.healthy import colour_bars, quantiles, residual_bar
from explorer.ui.iterated import answer, iterative, planted, seen
from explorer.ui.panels import Panel
from explorer.ui.state import State

MANY, FEW = 16, 2
"""Slices of a cohort between which a page may stop: few where predictors take many passes."""


@dataclass(frozen=True, eq=False)
class SliceView:
    """One slice under one state.

    Attributes:
        case: the slice with its anomaly.
        x_hat: the reconstruction, (H, W), float32.
        maps: scores by predictor, (H, W), float32.
        histograms: of the foreground's scores, by predictor.
        rec, kl, elbo: sample scores, nats.
        ranges: by predictor, the ends of its colour bar and the mark.
    """

    case: Case
    x_hat: NDArray[np.float32]
    maps: Mapping[str, NDArray[np.float32]]
    histograms: Mapping[str, ScoreHistogram]
    rec: float
    kl: float
    elbo: float
    ranges: Mapping[str, tuple[float, float, float]]


def look(state: State) -> SliceView:
    """Compute the view: one forward and two backward passes of a single image, and those that iterate."""
    pretrained = cached.pretrained(state.model)
    calibration = pretrained.card.calibration[state.dataset]
    case = planted(state)
    mask, foreground = case.mask[None, None], case.source.foreground[None, None]
    answers = {name: answer(state, name).values for name in iterative(state)}
    with cached.NETWORK:
        evidence = seen(state, case)
        scores = {
            name: answers[name] if name in answers else score(predictor, evidence, calibration).cpu()
            for name, predictor in state.predictors.items()
        }
    return SliceView(
        case=case,
        x_hat=evidence.x_hat[0, 0].cpu().numpy(),
        maps={name: values[0, 0].numpy() for name, values in scores.items()},
        histograms={name: ScoreHistogram.of(values, mask, foreground) for name, values in scores.items()},
        rec=float(evidence.rec),
        kl=float(evidence.kl),
        elbo=float(evidence.elbo),
        ranges={name: _range(state, name) for name in state.predictors},
    )


def panels(state: State, view: SliceView) -> list[Panel]:
    """Input, reconstruction, signed residual and one panel a predictor."""
    (error,) = residual_bar(state, [state.beta]).tolist()
    image = view.case.image.numpy()
    found = [
        Panel("Input", f"The image, {view.case.source.name}, with the anomaly", image, 0, 1, "grey"),
        Panel(
            "Reconstruction",
            f"What the model makes of it at training beta {state.beta:g}",
            view.x_hat,
            0,
            1,
            "grey",
        ),
        Panel(
            "Signed residual",
            "Image minus reconstruction: red is brighter than expected, blue darker",
            image - view.x_hat,
            -error,
            error,
            "signed",
        ),
    ]
    for name, values in view.maps.items():
        predictor = PREDICTORS[name]
        low, high, mark = view.ranges[name]
        caption = f"{predictor.title}: {predictor.summary} ({predictor.source})"
        found.append(Panel(predictor.title, caption, values, low, high, "score", mark))
    return found


def cohort(state: State) -> Iterator[CohortResult]:
    """The cohort's results as they come; a finished cohort is remembered."""
    pretrained = cached.pretrained(state.model)
    key = (repr(dataclasses.replace(state, place=(), linked=True)), pretrained.card.sha256)
    remembered = cached.COHORTS.get(key)
    if remembered is not None:
        yield remembered
        return
    scoring = Scoring(
        model=pretrained.model,
        calibration=pretrained.card.calibration[state.dataset],
        predictors=state.predictors,
        beta=state.beta,
        scoring_beta=state.scoring_beta,
        device=cached.device(),
        batch_size=FEW if iterative(state) else MANY,
    )
    scored = (pretrained.card.sha256, repr(state.predictors), state.beta, state.scoring_beta)
    for result in run_cohort(
        cached.dataset(state.dataset),
        state.anomaly,
        scoring,
        state.cohort_size,
        state.seed,
        lock=cached.NETWORK,
        remember=lambda slices, make: cached.HEALTHY.get_or_make((slices, scored), make),
    ):
        if result.done == result.total:
            cached.COHORTS.put(key, result)
        yield result


def held_out_curve(card: Card, dataset: str) -> tuple[NDArray[np.float64], ...]:
    """Rate-distortion curve of a model: betas, KL and rec, nats an image."""
    figures = card.held_out[dataset]
    return np.array(figures.betas), np.array(figures.kl), np.array(figures.rec)


def _range(state: State, name: str) -> tuple[float, float, float]:
    """Lower and upper end of a map's colour bar and the mark on it."""
    rows = quantiles(state, name, [state.beta], [state.scoring_beta])
    ((low, top, mark),) = colour_bars(state, name, rows).tolist()
    return low, top, mark
