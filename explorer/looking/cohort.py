"""The cohort of a scene: its results as they come, remembered; and the model's curve on healthy images."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from explorer.cards import Card, HeldOut
from explorer.concurrency.turns import Rank
from explorer.datasets import reference_of
from explorer.evaluation.cohort import CohortResult, Scoring, run_cohort
from explorer.looking import caches, server
from explorer.looking.scene import Scene


def cohort(scene: Scene) -> Iterator[CohortResult]:
    """The cohort's results as they come; a finished cohort is remembered."""
    state = scene.state
    key = (repr(dataclasses.replace(state, place=(), linked=True, guest=None)), scene.model_key)
    remembered = caches.COHORTS.get(key)
    if remembered is not None:
        yield remembered
        return
    scoring = Scoring(
        model=scene.model,
        calibration=scene.healthy,
        predictors=state.predictors,
        beta=state.beta,
        scoring_beta=state.scoring_beta,
        device=server.device(),
    )
    scored = (scene.model_key, repr(state.predictors), state.beta, state.scoring_beta)
    for result in run_cohort(
        scene.dataset,
        state.anomaly,
        scoring,
        state.cohort_size,
        state.seed,
        turn=server.network(Rank.LATER),
        workers=server.workers(),
        remember=lambda slices, make: caches.HEALTHY.get_or_make((slices, scored), make),
    ):
        if result.done == result.total:
            caches.COHORTS.put(key, result)
        yield result


def held_out(card: Card, dataset: str) -> HeldOut | None:
    """What a model reaches on healthy images of a dataset, or of its reference (`reference_of`)."""
    return card.held_out.get(reference_of(dataset))


def held_out_curve(found: HeldOut) -> tuple[NDArray[np.float64], ...]:
    """Rate-distortion curve of a model: betas, KL and rec, nats an image."""
    return np.array(found.betas), np.array(found.kl), np.array(found.rec)
