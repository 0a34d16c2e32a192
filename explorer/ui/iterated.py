"""Predictors of many passes on the page: one image at the current betas, within a time budget, remembered."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping

from explorer.anomalies import plant
from explorer.code_evidence import observe
from explorer.contracts import Case, ScoreMap, stack
from explorer.evidence import Evidence
from explorer.predictors import Predictor, within
from explorer.ui import cached
from explorer.ui.state import State

SECONDS = 10.0
"""Time that a run may take; what it has reached by then is its answer."""


def iterative(state: State) -> Mapping[str, Predictor]:
    """The state's predictors of many passes."""
    return {name: predictor for name, predictor in state.predictors.items() if predictor.iterative}


def planted(state: State) -> Case:
    """The state's slice with its anomaly."""
    return plant(cached.dataset(state.dataset), "test", state.place, state.anomaly, state.seed)


def seen(state: State, case: Case) -> Evidence:
    """The evidence on one image at the state's betas."""
    x = stack([case.image]).to(cached.device())
    return observe(cached.pretrained(state.model).model, x, state.beta, scoring_beta=state.scoring_beta)


def steps(state: State, name: str) -> Iterator[ScoreMap]:
    """Run a predictor within the time budget and yield after each step; the caller may stop at any time."""
    evidence = seen(state, planted(state))
    calibration = cached.pretrained(state.model).card.calibration[state.dataset]
    maps = within(state.predictors[name].maps(evidence, calibration), SECONDS)
    while True:
        with cached.NETWORK:
            scored = next(maps, None)
        if scored is None:
            return
        yield scored


def run(state: State) -> Iterator[tuple[str, int]]:
    """Run all that is not remembered; yields name and step after each step, so that the caller may stop."""
    for name in iterative(state):
        key = _key(state, name)
        if cached.ANSWERS.get(key) is not None:
            continue
        for scored in steps(state, name):
            last = scored
            yield name, scored.step
        cached.ANSWERS.put(key, dataclasses.replace(last, values=last.values.cpu()))


def answer(state: State, name: str) -> ScoreMap:
    """The remembered answer of a predictor to one image, or that of a run now; `values` are on the CPU."""
    key = _key(state, name)
    while (found := cached.ANSWERS.get(key)) is None:
        for _ in run(state):
            pass
    return found


def _key(state: State, name: str) -> str:
    sha256 = cached.pretrained(state.model).card.sha256
    parts = (state.dataset, state.place, state.anomaly, state.seed, sha256, state.beta)
    return repr((*parts, state.predictors[name]))
