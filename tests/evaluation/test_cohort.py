"""Cohorts: members, image scores, and figures that do not depend on how a cohort is cut into batches."""

from __future__ import annotations

import contextlib
import dataclasses
import math
from collections.abc import Callable, Hashable
from typing import Any, cast

import pytest
import torch
from torch import Tensor

from explorer.anomalies import ANOMALIES, DoesNotFit, plant
from explorer.contracts import Conditions, Dataset, Slice, stack
from explorer.datasets import load_dataset
from explorer.evaluation.calibrating import calibrate
from explorer.evaluation.cohort import (
    CohortResult,
    Scoring,
    image_scores,
    run_cohort,
    score_members,
)
from explorer.evaluation.curves import auroc
from explorer.evaluation.histogram import ScoreHistogram
from explorer.evaluation.members import Member, anomalous_members, untouched_members
from explorer.evaluation.report import figures
from explorer.evaluation.sample_scores import sample_score_names
from explorer.evidence import observe
from explorer.predictors import PREDICTORS
from explorer.predictors.code_surprise import CodeSurprise
from tests.support.slices import small_scan
from tests.support.stepping import STEPS, Noting, Stepping
from tests.support.tiny import tiny_calibration, tiny_vae, without_published_files
from tests.support.tiny_codes import conditioned_vq_vae

NAMES = ("intensity", "reconstruction-error", "kl-gradient", "elbo-gradient", "ensemble")


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """The sample of Fashion-MNIST that the project carries."""
    with pytest.MonkeyPatch.context() as patch:
        without_published_files(patch, tmp_path_factory.mktemp("empty"))
        found = load_dataset("fashion-mnist")
        found.axes("test")
    load_dataset.cache_clear()
    return found


@pytest.fixture(scope="module")
def scoring() -> Scoring:
    model = tiny_vae()
    return Scoring(
        model=model,
        calibration=tiny_calibration(model),
        predictors={name: PREDICTORS[name]() for name in NAMES},
        beta=0.5,
        scoring_beta=2.0,
        device=torch.device("cpu"),
    )


def brute_image_score(values: Tensor, foreground: Tensor) -> float:
    inside: list[float] = sorted(values[foreground].tolist(), reverse=True)
    kept = max(1, math.ceil(len(inside) / 100))
    return sum(inside[:kept]) / kept


def last(dataset: Dataset, anomaly: str, scoring: Scoring, count: int, seed: int = 0) -> CohortResult:
    *_, result = run_cohort(dataset, ANOMALIES[anomaly](), scoring, count, seed)
    return result


def test_image_scores_are_means_of_the_highest_percent_inside() -> None:
    generator = torch.Generator().manual_seed(0)
    values = torch.rand(6, 1, 30, 30, generator=generator)
    foregrounds = torch.rand(6, 1, 30, 30, generator=generator) < torch.linspace(0.02, 1, 6).view(6, 1, 1, 1)
    values[~foregrounds] = 9.0
    expected = [brute_image_score(v, f) for v, f in zip(values, foregrounds, strict=True)]
    assert image_scores(values, foregrounds).tolist() == pytest.approx(expected)


def test_image_scores_count_ties_and_negative_scores() -> None:
    values = -torch.ones(1, 1, 20, 20)
    assert image_scores(values, torch.ones_like(values, dtype=torch.bool)).tolist() == [-1.0]


def test_anomalous_members_are_the_planted_cases(dataset: Dataset) -> None:
    places, anomaly = list(dataset.cohort("test", 5, 0)), ANOMALIES["lesion"](strength=0.8)
    members = anomalous_members(dataset, anomaly, places, seed=3)
    cases = [plant(dataset, "test", place, anomaly, 3) for place in places]
    cases = [case for case in cases if case.mask.any()]
    for case, member in zip(cases, members, strict=True):
        assert member.anomalous
        assert torch.equal(member.image, case.image)
        assert torch.equal(member.mask, case.mask)


def test_untouched_members_are_the_slices_themselves(dataset: Dataset) -> None:
    places = list(dataset.cohort("test", 5, 0))
    for place, member in zip(places, untouched_members(dataset, places, anomalous=False), strict=True):
        assert not member.anomalous
        assert not member.mask.any()
        assert torch.equal(member.image, dataset.slice("test", *place).image)


def test_slices_on_which_nothing_took_hold_are_left_out(dataset: Dataset) -> None:
    places = list(dataset.cohort("test", 3, 0))
    assert anomalous_members(dataset, ANOMALIES["lesion"](strength=0.0), places, seed=0) == []


def test_remembered_healthy_slices_give_the_same_figures(dataset: Dataset, scoring: Scoring) -> None:
    kept: dict[object, CohortResult] = {}

    def remember(key: Hashable, make: Callable[[], CohortResult]) -> CohortResult:
        if key not in kept:
            kept[key] = make()
        return kept[key]

    lesion = ANOMALIES["lesion"]()
    first, second = (
        list(run_cohort(dataset, lesion, scoring, 8, 0, remember=remember))[-1] for _ in range(2)
    )
    assert len(kept) == math.ceil(8 / scoring.batch)
    plain = last(dataset, "lesion", scoring, 8)
    for name in NAMES:
        images = [result.predictors[name].images for result in (first, second, plain)]
        assert auroc(images[0]) == auroc(images[1]) == auroc(images[2])


@pytest.mark.parametrize("batch_size", [1, 5, 12])
def test_figures_do_not_depend_on_batches(dataset: Dataset, scoring: Scoring, batch_size: int) -> None:
    whole = last(dataset, "lesion", dataclasses.replace(scoring, batch_size=12), 12)
    parts = last(dataset, "lesion", dataclasses.replace(scoring, batch_size=batch_size), 12)
    for name in NAMES:
        one, other = whole.predictors[name], parts.predictors[name]
        assert (one.pixels.healthy, one.pixels.anomalous) == (other.pixels.healthy, other.pixels.anomalous)
        assert auroc(other.pixels) == pytest.approx(auroc(one.pixels), abs=1e-3)
        assert auroc(other.images) == pytest.approx(auroc(one.images), abs=0.02)
        assert one.scored == other.scored == 24
    exact, merged = whole.predictors["intensity"].pixels, parts.predictors["intensity"].pixels
    assert torch.equal(exact.codes, merged.codes)
    assert torch.equal(exact.counts, merged.counts)


def test_pixels_come_from_anomalous_images_only(dataset: Dataset, scoring: Scoring) -> None:
    planted = anomalous_members(dataset, ANOMALIES["lesion"](), list(dataset.cohort("test", 8, 0)), seed=0)
    pixels = last(dataset, "lesion", scoring, 8).predictors["intensity"].pixels
    assert pixels.anomalous == sum(int((m.mask & m.source.foreground).sum()) for m in planted)
    assert pixels.healthy == sum(int((m.source.foreground & ~m.mask).sum()) for m in planted)


def test_where_nothing_is_planted_the_held_out_class_is_the_anomaly(
    dataset: Dataset, scoring: Scoring
) -> None:
    result = last(dataset, "none", scoring, 6, seed=1)
    drawn = dataset.cohort("test", 6, 1), dataset.held_out_cohort(6, 1)
    places = [(place, label) for label in (0, 1) for place in drawn[label]]
    for name in sample_score_names(scoring.model):
        counts = result.sample_scores[name].images
        assert (counts.healthy, counts.anomalous) == (6, 6)
    scores: tuple[list[float], list[float]] = ([], [])
    for place, label in places:
        x = dataset.slice("test", *place).image[None, None]
        scores[label].append(float(observe(scoring.model, x, 0.5, scoring_beta=2.0).elbo))
    pairs = [(a > h) + 0.5 * (a == h) for h in scores[0] for a in scores[1]]
    assert auroc(result.sample_scores["elbo"].images) == pytest.approx(sum(pairs) / 36, abs=0.03)
    assert result.predictors["intensity"].pixels.anomalous == 0


def test_progress_counts_slices_and_may_be_stopped(dataset: Dataset, scoring: Scoring) -> None:
    small = dataclasses.replace(scoring, batch_size=3)
    done = [(r.done, r.total) for r in run_cohort(dataset, ANOMALIES["noise"](), small, 7, 0)]
    assert done == [(3, 7), (6, 7), (7, 7)]
    first = next(run_cohort(dataset, ANOMALIES["noise"](), small, 7, 0))
    assert first.predictors["intensity"].seconds > 0


def test_a_seed_replays_a_cohort(dataset: Dataset, scoring: Scoring) -> None:
    first, second, other = (
        last(dataset, "texture", scoring, 4, seed).predictors["kl-gradient"].pixels for seed in (1, 1, 2)
    )
    assert torch.equal(first.codes, second.codes)
    assert torch.equal(first.counts, second.counts)
    assert first.codes.shape != other.codes.shape or not torch.equal(first.codes, other.codes)


@pytest.mark.parametrize("count", [0, 901])
def test_impossible_cohorts_are_refused(dataset: Dataset, scoring: Scoring, count: int) -> None:
    with pytest.raises(ValueError, match=rf"slices of a cohort must be in \[1, 900\] .*, got {count}"):
        next(run_cohort(dataset, ANOMALIES["lesion"](), scoring, count, 0))


def test_a_beta_outside_the_models_range_is_refused(dataset: Dataset, scoring: Scoring) -> None:
    with pytest.raises(ValueError, match=r"beta must be in \[0.01, 10\], got 11"):
        next(run_cohort(dataset, ANOMALIES["lesion"](), dataclasses.replace(scoring, beta=11.0), 2, 0))


def test_a_predictor_that_does_not_fit_the_model_is_refused(dataset: Dataset, scoring: Scoring) -> None:
    wrong = dataclasses.replace(scoring, predictors={"restored": PREDICTORS["latent-restoration"]()})
    with pytest.raises(
        ValueError, match="predictor 'restored' needs indices, code_nll, which this model does"
    ):
        next(run_cohort(dataset, ANOMALIES["lesion"](), wrong, 2, 0))


def test_an_anomaly_that_takes_hold_nowhere_leaves_nothing_to_count(
    dataset: Dataset, scoring: Scoring
) -> None:
    (result,) = run_cohort(dataset, ANOMALIES["lesion"](strength=0.0), scoring, 2, 0)
    assert (result.done, result.total, result.without) == (2, 2, 2)
    report = figures(result)
    assert report["prevalence"] is None
    assert {row["auroc"] for row in report["predictors"].values()} == {None}


def test_slices_on_which_nothing_took_hold_do_not_stop_the_others(dataset: Dataset, scoring: Scoring) -> None:
    """So faint a noise exceeds the threshold of change on some images only."""
    single = dataclasses.replace(scoring, batch_size=1)
    faint = ANOMALIES["noise"](strength=0.012)
    *_, parts = run_cohort(dataset, faint, single, 12, 0)
    *_, whole = run_cohort(dataset, faint, dataclasses.replace(scoring, batch_size=12), 12, 0)
    assert parts.done == 12
    assert 0 < whole.predictors["intensity"].scored < 24
    assert parts.predictors["intensity"].scored == whole.predictors["intensity"].scored


def test_slices_that_the_anomaly_does_not_fit_are_left_out_and_counted(scoring: Scoring) -> None:
    brains = load_dataset("brain/flair")
    small = dataclasses.replace(scoring, predictors={"intensity": PREDICTORS["intensity"]()}, batch_size=3)
    small = dataclasses.replace(small, model=tiny_vae(image_size=128), calibration=None)
    anomaly = ANOMALIES["real-lesion"](cause="multiple-sclerosis", volume="10")  # type: ignore[call-arg]
    fitting = 0
    for place in brains.cohort("test", 8, 0):
        with contextlib.suppress(DoesNotFit):
            fitting += bool(plant(brains, "test", place, anomaly, 0).mask.any())
    assert 0 < fitting < 8
    *_, found = run_cohort(brains, anomaly, small, 8, 0)
    assert (found.done, found.without) == (8, 8 - fitting)
    assert found.predictors["intensity"].images.anomalous == fitting
    assert figures(found)["without"] == 8 - fitting


class Marked:
    """A dataset whose slices carry a mask of their own, four pixels in the middle."""

    def __init__(self, source: Dataset) -> None:
        self.source = source

    def __getattr__(self, name: str) -> Any:
        return getattr(self.source, name)

    def slice(self, split: str, *coordinates: int) -> Slice:
        found = self.source.slice(split, *coordinates)
        mask = torch.zeros_like(found.foreground)
        mask[13:15, 13:15] = True
        return dataclasses.replace(found, mask=mask)


def test_what_is_known_of_a_slice_is_known_when_it_is_scored() -> None:
    model, slices = conditioned_vq_vae(), small_scan()[1:4]
    x, known = stack([one.image for one in slices]), Conditions.of(slices)
    whole = torch.ones_like(x, dtype=torch.bool)
    healthy = calibrate(model, x, whole, [1.0], predictors=[CodeSurprise()])
    scoring = Scoring(model, healthy, {}, 1.0, 1.0, torch.device("cpu"))
    found = score_members([Member(one.image, one.known_mask, one, False) for one in slices], scoring)
    none = torch.zeros(3, dtype=torch.bool)
    expected = ScoreHistogram.of(observe(model, x, 1.0, conditions=known).kl, none)
    assert torch.equal(found.sample_scores["kl"].images.codes, expected.codes)


def test_masks_of_the_slices_own_count(dataset: Dataset, scoring: Scoring) -> None:
    marked = cast(Dataset, Marked(dataset))
    places = marked.cohort("test", 6, 0)
    shown = [marked.slice("test", *place) for place in (*places, *marked.held_out_cohort(6, 0))]
    own = sum(int((s.known_mask & s.foreground).sum()) for s in shown)
    assert own > 24
    as_they_are = last(marked, "none", scoring, 6).predictors["intensity"]
    assert as_they_are.pixels.anomalous == own
    planted = anomalous_members(marked, ANOMALIES["lesion"](), places, 0)
    lesions = anomalous_members(dataset, ANOMALIES["lesion"](), places, 0)
    for with_own, alone in zip(planted, lesions, strict=True):
        assert torch.equal(with_own.mask, alone.mask | marked.slice("test", *places[0]).known_mask)


def test_a_slice_with_a_mask_of_its_own_is_no_healthy_image(dataset: Dataset) -> None:
    marked, places = cast(Dataset, Marked(dataset)), dataset.cohort("test", 3, 0)
    for member in untouched_members(marked, places, anomalous=False):
        assert member.anomalous and int(member.mask.sum()) == 4
    assert not any(member.anomalous for member in untouched_members(dataset, places, anomalous=False))


def test_others_may_have_their_turn_between_any_two_steps(dataset: Dataset, scoring: Scoring) -> None:
    many = dataclasses.replace(scoring, predictors={**scoring.predictors, "stepping": Stepping()})
    turn, lesion = Noting(), ANOMALIES["lesion"]()
    *_, shared = run_cohort(dataset, lesion, many, 4, 0, turn=turn, workers=2)
    batches = 2 * 2  # of two slices, with and without their lesion
    assert turn.steps.count(1) == batches * STEPS and max(turn.steps) == 1
    assert shared.predictors["stepping"].pixels.anomalous > 0
    *_, alone = run_cohort(dataset, lesion, many, 4, 0)
    for name in many.predictors:
        assert auroc(shared.predictors[name].images) == auroc(alone.predictors[name].images)
