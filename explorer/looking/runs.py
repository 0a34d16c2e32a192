"""Predictors of many passes on the page: one image at the current betas, within a time budget, remembered."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from explorer.concurrency.turns import Rank
from explorer.contracts import ScoreMap
from explorer.looking import server
from explorer.looking.scene import Scene
from explorer.predictors import within

SECONDS = 10.0
"""Time that a run may take; what it has reached by then is its answer."""
MOST_KEPT = 48
"""States of a run that are kept for watching; of longer runs every second, fourth and so on."""


def steps(scene: Scene, name: str) -> Iterator[ScoreMap]:
    """Run a predictor within the time budget and yield after each step; the caller may stop at any time."""
    maps = within(scene.state.predictors[name].maps(scene.evidence(), scene.healthy), SECONDS)
    while True:
        with server.network(Rank.SOON):
            scored = next(maps, None)
        if scored is None:
            return
        yield scored


def missing(scene: Scene) -> list[str]:
    """The predictors of many passes that are still to be run."""
    return [name for name in scene.state.iterative if scene.caches.runs.get(_key(scene, name)) is None]


def run(scene: Scene) -> Iterator[tuple[str, int]]:
    """Run all that is not remembered; yields name and step after each step, so that the caller may stop."""
    for name in missing(scene):
        key, reel = _key(scene, name), Reel()
        for scored in steps(scene, name):
            reel.add(scored)
            yield name, scored.step
        scene.caches.runs.put(key, reel.states())


def states(scene: Scene, name: str) -> tuple[ScoreMap, ...]:
    """The remembered states of a run, or those of a run now, in the order of their steps, on the CPU."""
    key = _key(scene, name)
    while (found := scene.caches.runs.get(key)) is None:
        for _ in run(scene):
            pass
    return found


def answer(scene: Scene, name: str) -> ScoreMap:
    """What a run has come to."""
    return states(scene, name)[-1]


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


def _key(scene: Scene, name: str) -> str:
    return repr((*scene.case_key, scene.state.beta, scene.state.predictors[name]))
