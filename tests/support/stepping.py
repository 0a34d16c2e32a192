"""A predictor of many passes that counts its steps, and a turn that notes what was done while it was held."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import torch

from explorer.contracts import ScoreMap
from explorer.evidence import Evidence
from explorer.predictors import HealthyScores, Predictor

STEPS = 5


class Stepping(Predictor):
    """Scores every pixel by the number of its step."""

    title, summary, source, iterative = "Stepping", "the number of the step", "none", True
    taken = 0

    def maps(self, evidence: Evidence, calibration: HealthyScores | None = None) -> Iterator[ScoreMap]:
        for step in range(1, STEPS + 1):
            Stepping.taken += 1
            yield ScoreMap(torch.full_like(evidence.x, step), step)


class Noting:
    """A turn of one at a time; how many steps were taken each time that it was held."""

    def __init__(self) -> None:
        self.steps: list[int] = []
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        self._lock.acquire()
        self._before = Stepping.taken

    def __exit__(self, *_: object) -> None:
        self.steps.append(Stepping.taken - self._before)
        self._lock.release()
