"""Predictors of many passes on the page: one image at the current betas, within a time budget, remembered."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping

from explorer.anomalies import plant
from explorer.contracts import Case, ScoreMap, stack
from explorer.evidence.codes import observe
from explorer.evidence.vae import Evidence
from explorer.looking import caches
from explorer.looking.state import State
from explorer.predictors import Predictor, within

SECONDS = 10.0
"""Time that a run may take; what it has reached by then is its answer."""
MOST_KEPT = 48
"""States of a run that are kept for watching; of longer runs every second, fourth and so on."""


def iterative(state: State) -> Mapping[str, Predictor]:
    """The state's predictors of many passes."""
    return {name: predictor for name, predictor in state.predictors.items() if predictor.iterative}


def planted(state: State) -> Case:
    """The state's slice with its anomaly."""
    dataset = caches.dataset(state.dataset)
    if state.guest is not None:
        return state.guest.planted(state.anomaly, state.seed, dataset.slice("test", *state.place))
    return plant(dataset, "test", state.place, state.anomaly, state.seed)


def seen(state: State, case: Case) -> Evidence:
    """The evidence on one image at the state's betas."""
    x = stack([case.image]).to(caches.device())
    return observe(caches.pretrained(state.model).model, x, state.beta, scoring_beta=state.scoring_beta)


def steps(state: State, name: str) -> Iterator[ScoreMap]:
    """Run a predictor within the time budget and yield after each step; the caller may stop at any time."""
    evidence = seen(state, planted(state))
    calibration = caches.pretrained(state.model).calibration[state.dataset]
    maps = within(state.predictors[name].maps(evidence, calibration), SECONDS)
    while True:
        with caches.NETWORK:
            scored = next(maps, None)
        if scored is None:
            return
        yield scored


def run(state: State) -> Iterator[tuple[str, int]]:
    """Run all that is not remembered; yields name and step after each step, so that the caller may stop."""
    for name in iterative(state):
        key = _key(state, name)
        if state.caches.runs.get(key) is not None:
            continue
        reel = Reel()
        for scored in steps(state, name):
            reel.add(scored)
            yield name, scored.step
        state.caches.runs.put(key, reel.states())


def states(state: State, name: str) -> tuple[ScoreMap, ...]:
    """The remembered states of a run, or those of a run now, in the order of their steps, on the CPU."""
    key = _key(state, name)
    while (found := state.caches.runs.get(key)) is None:
        for _ in run(state):
            pass
    return found


def answer(state: State, name: str) -> ScoreMap:
    """What a run has come to."""
    return states(state, name)[-1]


class Reel:
    """Keeps evenly spaced states of a run of unknown length, and the last."""

    def __init__(self) -> None:
        self._kept: list[ScoreMap] = []
        self._last: ScoreMap | None = None
        self._added = 0
        self._stride = 1

    def add(self, scored: ScoreMap) -> None:
        """Take a state in; which of the earlier ones stay may change."""
        self._last = scored
        if self._added % self._stride == 0:
            self._kept.append(_on_cpu(scored))
        self._added += 1
        if len(self._kept) > MOST_KEPT:
            self._kept = self._kept[::2]
            self._stride *= 2

    def states(self) -> tuple[ScoreMap, ...]:
        """At most one more than `MOST_KEPT`."""
        if self._last is None:
            return ()
        ended = bool(self._kept) and self._kept[-1].step == self._last.step
        return tuple(self._kept if ended else [*self._kept, _on_cpu(self._last)])


def _on_cpu(scored: ScoreMap) -> ScoreMap:
    restored, changed = (part if part is None else part.cpu() for part in (scored.restored, scored.changed))
    curves = {name: curve.cpu() for name, curve in scored.curves.items()}
    return dataclasses.replace(
        scored, values=scored.values.cpu(), restored=restored, changed=changed, curves=curves
    )


def _key(state: State, name: str) -> str:
    sha256 = caches.pretrained(state.model).card.sha256
    parts = (state.dataset, state.place, state.anomaly, state.seed, sha256, state.beta)
    return repr((*parts, state.predictors[name]))
