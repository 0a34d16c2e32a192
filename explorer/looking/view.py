"""What the Explore page shows of one slice, computed from its state; knows nothing of Streamlit."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from explorer.cards import Card
from explorer.contracts import Case
from explorer.evaluation.cohort import CohortResult, Scoring, run_cohort
from explorer.evaluation.histogram import ScoreHistogram
from explorer.looking import caches
from explorer.looking.frames import current_frame
from explorer.looking.runs import iterative
from explorer.looking.state import State

MANY, FEW = 8, 2
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
    """

    case: Case
    x_hat: NDArray[np.float32]
    maps: Mapping[str, NDArray[np.float32]]
    histograms: Mapping[str, ScoreHistogram]
    rec: float
    kl: float
    elbo: float


def look(state: State) -> SliceView:
    """Take the view from the frame of the state's betas, which the viewer needs as well."""
    found, _ = current_frame(state)
    mask, foreground = found.case.mask, found.case.source.foreground
    return SliceView(
        case=found.case,
        x_hat=found.x_hat[0],
        maps={name: track.maps[0] for name, track in found.tracks.items()},
        histograms={
            name: ScoreHistogram.of(torch.from_numpy(track.maps[0]), mask, foreground)
            for name, track in found.tracks.items()
        },
        rec=float(found.rec[0]),
        kl=float(found.kl[0]),
        elbo=float(found.elbo[0]),
    )


def cohort(state: State) -> Iterator[CohortResult]:
    """The cohort's results as they come; a finished cohort is remembered."""
    pretrained = caches.pretrained(state.model)
    key = (repr(dataclasses.replace(state, place=(), linked=True, guest=None)), pretrained.card.sha256)
    remembered = caches.COHORTS.get(key)
    if remembered is not None:
        yield remembered
        return
    scoring = Scoring(
        model=pretrained.model,
        calibration=pretrained.calibration[state.dataset],
        predictors=state.predictors,
        beta=state.beta,
        scoring_beta=state.scoring_beta,
        device=caches.device(),
        batch_size=FEW if iterative(state) else MANY,
    )
    scored = (pretrained.card.sha256, repr(state.predictors), state.beta, state.scoring_beta)
    for result in run_cohort(
        caches.dataset(state.dataset),
        state.anomaly,
        scoring,
        state.cohort_size,
        state.seed,
        lock=caches.NETWORK,
        workers=caches.WORKERS,
        remember=lambda slices, make: caches.HEALTHY.get_or_make((slices, scored), make),
    ):
        if result.done == result.total:
            caches.COHORTS.put(key, result)
        yield result


def held_out_curve(card: Card, dataset: str) -> tuple[NDArray[np.float64], ...]:
    """Rate-distortion curve of a model: betas, KL and rec, nats an image."""
    figures = card.held_out[dataset]
    return np.array(figures.betas), np.array(figures.kl), np.array(figures.rec)
