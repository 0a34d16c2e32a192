"""Healthy scans through a model, one after another, to what is known of how they score."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from explorer.evaluation.calibrating import quantiles_of
from explorer.evaluation.calibration import LEVELS, Calibration
from explorer.evaluation.histogram import ScoreHistogram
from explorer.evaluation.risk_control import upper_bounds
from explorer.predictors import healthy_name
from explorer.scans.calibrating.own import OwnHealthy
from explorer.scans.placing.preparing import Prepared
from explorer.scans.reading.files import label
from explorer.scans.scoring.jobs import Job
from explorer.scans.scoring.scoring import ScoredScan, score_scan


@dataclass(frozen=True)
class Source:
    """A healthy scan that is to be scored.

    Attributes:
        name: of its file.
        prepare: reads and prepares it; raises ValueError or OSError where it cannot.
    """

    name: str
    prepare: Callable[[], Prepared]


class Gathering:
    """What the healthy scans scored so far give.

    Args:
        job: model, predictors and healthy data; its betas do not count.
        betas: training betas, each also the scoring beta.

    Attributes:
        left_out: why scans were left out, a sentence each.
    """

    def __init__(self, job: Job, betas: Sequence[float]) -> None:
        self.left_out: list[str] = []
        self._job, self._betas = job, sorted(set(betas))
        self._known: dict[str, str] = {}
        self._scans: list[tuple[str, str, int]] = []  # name, way of finding the brain, pixels
        self._pooled: dict[str, list[ScoreHistogram]] = {}
        self._bounds: dict[str, list[Tensor]] = {}

    def add(
        self, source: Source, *, turn: AbstractContextManager[object] | None = None
    ) -> Iterator[ScoredScan]:
        """Score a scan at each beta, yield how far that is, and keep what is needed of it at the end.

        One that cannot be read, or is there already, is left out.

        Args:
            source: the scan.
            turn: held during each step of the work, never while the caller works.

        Raises:
            ValueError: where a beta is out of the model's range, or a predictor does not fit.
        """
        try:
            prepared = source.prepare()
            content = self._new(source.name, prepared)
        except (ValueError, OSError) as error:
            self.left_out.append(str(error))
            return
        found: dict[str, list[ScoreHistogram]] = {}
        for beta in self._betas:
            scoring = replace(self._job.scoring, beta=beta, scoring_beta=beta)
            for scored in score_scan(prepared, scoring, contrast=self._job.sequence, turn=turn):
                yield scored
            for key, predictor in scoring.predictors.items():
                counted = prepared.foregrounds
                histogram = ScoreHistogram.of(scored.values[key], torch.zeros_like(counted), counted)
                found.setdefault(healthy_name(predictor), []).append(histogram)
        for name, histograms in found.items():
            before = self._pooled.get(name, [ScoreHistogram.empty()] * len(histograms))
            self._pooled[name] = [old + new for old, new in zip(before, histograms, strict=True)]
            self._bounds.setdefault(name, []).append(torch.stack([upper_bounds(one) for one in histograms]))
        self._known[content] = label(source.name)
        self._scans.append((label(source.name), prepared.brain, int(prepared.foregrounds.sum())))

    def made(self) -> OwnHealthy:
        """The healthy scores of all scans so far; ValueError where there is none."""
        if not self._scans:
            why = "; ".join(self.left_out) or "none was given"
            raise ValueError(f"no healthy scan is left to calibrate on: {why}")
        names, brains, pixels = zip(*self._scans, strict=True)
        quantiles = {
            name: torch.stack([quantiles_of(one) for one in pooled]) for name, pooled in self._pooled.items()
        }
        grid, levels = (torch.tensor(list(values), dtype=torch.float64) for values in (self._betas, LEVELS))
        return OwnHealthy(
            model=self._job.card.name,
            sha256=self._job.card.sha256,
            contrast=self._job.contrast,
            window=self._job.window,
            scans=names,
            brains=brains,
            pixels=torch.tensor(pixels),
            calibration=Calibration(grid, levels, quantiles),
            bounds={name: torch.stack(parts) for name, parts in self._bounds.items()},
        )

    def _new(self, name: str, prepared: Prepared) -> str:
        """A hash of what is in a scan; ValueError where it is known: it would count as two."""
        content = hashlib.sha256(prepared.images.numpy().tobytes()).hexdigest()
        if content in self._known:
            raise ValueError(f"{label(name)} is the same scan as {self._known[content]}; it counts once")
        return content
