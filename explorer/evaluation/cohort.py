"""Cohorts: many test slices with the same anomaly settings, scored in batches and counted as they come.

Pixel figures compare anomalous with healthy foreground pixels of the slices that hold an anomaly. Image
figures compare the slices with an anomaly to the same slices without; where nothing is planted, to the
dataset's held-out class.
"""

from __future__ import annotations

import operator
import time
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import reduce
from types import TracebackType

import torch
from torch import Tensor

from explorer.anomalies import Anomaly
from explorer.concurrency.ahead import in_order
from explorer.contracts import Conditions, Dataset, Model, stack
from explorer.evaluation.calibration import Calibration
from explorer.evaluation.histogram import ScoreHistogram
from explorer.evaluation.members import Member, anomalous_members, untouched_members
from explorer.evaluation.sample_scores import sample_score_names, sample_scores
from explorer.evidence import observe
from explorer.predictors import Predictor, check_fits, score

Remember = Callable[[Hashable, Callable[[], "CohortResult"]], "CohortResult"]

MANY, FEW = 8, 2
"""Slices a batch."""

TOP_SHARE = 0.01
"""Share of an image's foreground pixels, the highest, whose mean is its image score."""


@dataclass(frozen=True, eq=False)
class Counts:
    """What a cohort has gathered for one predictor or sample score.

    Attributes:
        pixels: scores of foreground pixels of anomalous images; empty for sample scores.
        images: one score an image.
        seconds: time for this predictor alone, the network's passes that it needs included.
        scored: images scored in that time.
    """

    pixels: ScoreHistogram
    images: ScoreHistogram
    seconds: float
    scored: int

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.pixels + other.pixels,
            self.images + other.images,
            self.seconds + other.seconds,
            self.scored + other.scored,
        )


NOTHING = Counts(ScoreHistogram.empty(), ScoreHistogram.empty(), 0.0, 0)
"""What no images give."""


@dataclass(frozen=True, eq=False)
class CohortResult:
    """A cohort so far.

    Attributes:
        done: slices scored.
        total: slices in the whole cohort.
        predictors: counts by predictor name.
        sample_scores: counts by name; see `sample_scores`.
        without: slices into which nothing could be planted, or too little to see.
    """

    done: int
    total: int
    predictors: Mapping[str, Counts]
    sample_scores: Mapping[str, Counts]
    without: int = 0

    @property
    def bytes(self) -> int:
        """Memory of its histograms."""
        counted = (*self.predictors.values(), *self.sample_scores.values())
        return sum(one.pixels.bytes + one.images.bytes for one in counted)


@dataclass(frozen=True, eq=False)
class Scoring:
    """How a cohort is scored.

    Attributes:
        model: frozen.
        calibration: of that model on this dataset.
        predictors: by the name under which they are reported.
        beta: training beta.
        scoring_beta: weight of the KL term in ELBO scores.
        device: where the network computes.
        batch_size: slices a batch; each is scored with and without its anomaly. None: the same for page and
            command, so that their figures agree to the last digit: sums of other batches round differently.
    """

    model: Model
    calibration: Calibration | None
    predictors: Mapping[str, Predictor]
    beta: float
    scoring_beta: float
    device: torch.device
    batch_size: int | None = None

    @property
    def batch(self) -> int:
        """Slices a batch: few where a predictor takes many passes, since callers may stop between two."""
        many_passes = any(predictor.iterative for predictor in self.predictors.values())
        return self.batch_size or (FEW if many_passes else MANY)


def run_cohort(
    dataset: Dataset,
    anomaly: Anomaly,
    scoring: Scoring,
    count: int,
    seed: int,
    *,
    turn: AbstractContextManager[object] | None = None,
    remember: Remember | None = None,
    workers: int = 1,
) -> Iterator[CohortResult]:
    """Score `count` test slices and yield what is known after each batch; the caller may stop at any time.

    Args:
        dataset: where the slices come from.
        anomaly: what is planted into each.
        scoring: how they are scored.
        count: how many slices.
        seed: of the choice of slices and of the anomalies.
        turn: held during each step of the work, never while the caller works.
        remember: gives what is kept under a key, or makes and keeps it; for the healthy slices, whose scores
            do not depend on the anomaly. Keys name the slices; the caller adds what stands for `scoring`.
        workers: threads that score batches at once.

    Raises:
        ValueError: where the dataset has fewer slices, a setting is out of its range, or a predictor needs
            what the model does not have.
    """
    for name, predictor in scoring.predictors.items():
        check_fits(name, predictor, scoring.model)
    places = list(dataset.cohort("test", count, seed))
    held_out = [] if anomaly.plants else list(dataset.held_out_cohort(count, seed))

    def scored(start: int) -> tuple[CohortResult, CohortResult]:
        part = slice(start, start + scoring.batch)
        with turn or nullcontext():
            members = (
                anomalous_members(dataset, anomaly, places[part], seed)
                if anomaly.plants
                else untouched_members(dataset, held_out[part], anomalous=True)
            )
        without = len(places[part]) - len(members) if anomaly.plants else 0
        planted = replace(score_members(members, scoring, turn), without=without)
        return planted, _healthy(dataset, tuple(places[part]), scoring, remember, turn)

    result: CohortResult | None = None
    starts = range(0, len(places), scoring.batch)
    for start, new in zip(starts, in_order(scored, starts, workers), strict=True):
        parts = new if result is None else (result, *new)
        result = CohortResult(
            min(start + scoring.batch, len(places)),
            len(places),
            _sum([one.predictors for one in parts]),
            _sum([one.sample_scores for one in parts]),
            sum(one.without for one in parts),
        )
        yield result


def _healthy(
    dataset: Dataset,
    places: tuple[tuple[int, ...], ...],
    scoring: Scoring,
    remember: Remember | None,
    turn: AbstractContextManager[object] | None,
) -> CohortResult:
    def make() -> CohortResult:
        return score_members(untouched_members(dataset, places, anomalous=False), scoring, turn)

    return make() if remember is None else remember((dataset.name, places), make)


def score_members(
    members: Sequence[Member], scoring: Scoring, turn: AbstractContextManager[object] | None = None
) -> CohortResult:
    """Score images in one batch, step by step, in turn with others; all predictors share one evidence."""
    if not members:  # the anomaly took hold on none of the slices
        return CohortResult(
            0,
            0,
            dict.fromkeys(scoring.predictors, NOTHING),
            dict.fromkeys(sample_score_names(scoring.model), NOTHING),
        )
    x = stack([member.image for member in members]).to(scoring.device)
    masks = stack([member.mask for member in members]).to(scoring.device)
    foregrounds = stack([member.source.counted for member in members]).to(scoring.device)
    anomalous = torch.tensor([member.anomalous for member in members], device=scoring.device)
    evidence = observe(
        scoring.model,
        x,
        scoring.beta,
        scoring_beta=scoring.scoring_beta,
        conditions=Conditions.of([member.source for member in members]),
    )
    counted = foregrounds & anomalous[:, None, None, None]
    passes: dict[str, float] = {}
    found = {}
    for name, predictor in scoring.predictors.items():
        for part in predictor.parts:
            if part not in passes:
                with _Timed(turn, scoring.device) as passing:
                    getattr(evidence, part)
                passes[part] = passing.seconds
        own = _Timed(turn, scoring.device)
        values = score(predictor, evidence, scoring.calibration, own)
        found[name] = Counts(
            ScoreHistogram.of(values, masks, counted),
            ScoreHistogram.of(image_scores(values, foregrounds), anomalous),
            own.seconds + sum(passes[part] for part in predictor.parts),
            len(members),
        )
    with turn or nullcontext():
        by_sample = sample_scores(evidence, scoring.model, scoring.calibration)
    samples = {
        name: Counts(ScoreHistogram.empty(), ScoreHistogram.of(values, anomalous), 0.0, len(members))
        for name, values in by_sample.items()
    }
    return CohortResult(len(members), len(members), found, samples)


def image_scores(values: Tensor, foregrounds: Tensor) -> Tensor:
    """One score an image: the mean of the highest 1 % of its foreground pixels, at least one.

    Args:
        values: score maps, (B, 1, H, W).
        foregrounds: (B, 1, H, W), bool.

    Returns:
        (B,).
    """
    flat = values.flatten(1).masked_fill(~foregrounds.flatten(1), -torch.inf)
    counts = (TOP_SHARE * foregrounds.flatten(1).sum(1)).ceil().long().clamp(min=1)
    highest = flat.topk(int(counts.max()), dim=1).values
    kept = torch.arange(highest.shape[1], device=values.device) < counts[:, None]
    return torch.where(kept, highest, torch.zeros((), device=values.device)).sum(1) / counts


def _sum(parts: Sequence[Mapping[str, Counts]]) -> dict[str, Counts]:
    return {name: reduce(operator.add, (part[name] for part in parts)) for name in parts[0]}


class _Timed:
    """A turn that counts the seconds for which it was held."""

    def __init__(self, turn: AbstractContextManager[object] | None, device: torch.device) -> None:
        self.seconds = 0.0
        self._turn, self._device = turn or nullcontext(), device

    def __enter__(self) -> _Timed:
        self._turn.__enter__()
        self._began = time.perf_counter()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._device.type == "cuda":
            torch.cuda.synchronize(self._device)
        self.seconds += time.perf_counter() - self._began
        self._turn.__exit__(kind, error, trace)
