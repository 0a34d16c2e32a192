"""Curves against scikit-learn, hand-counted pairs and brute force."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from sklearn import metrics  # type: ignore[import-untyped, unused-ignore]
from torch import Tensor

from explorer.evaluation.curves import (
    auroc,
    average_precision,
    best_dice,
    dice_at,
    precision_recall,
    roc,
)
from explorer.evaluation.histogram import ScoreHistogram

KINDS = ["normal", "gamma", "rectified", "tied", "constant"]


def draw(kind: str, count: int = 20_000) -> tuple[Tensor, Tensor]:
    """Scores of one distribution and a mask with 3 % anomalous pixels."""
    generator = torch.Generator().manual_seed(KINDS.index(kind))
    mask = torch.rand(count, generator=generator) < 0.03
    normal = torch.randn(count, generator=generator) + 1.5 * mask
    makers = {
        "normal": normal,
        "gamma": normal.exp() * torch.rand(count, generator=generator),
        "rectified": normal.sub(0.5).clamp(min=0),
        "tied": normal.mul(4).round() / 4,
        "constant": torch.full_like(normal, 0.3),
    }
    return makers[kind], mask


def histogram(scores: list[float], mask: list[int]) -> ScoreHistogram:
    return ScoreHistogram.of(torch.tensor(scores), torch.tensor(mask).bool())


@pytest.mark.parametrize("kind", KINDS)
def test_areas_match_scikit_learn(kind: str) -> None:
    scores, mask = draw(kind)
    h = ScoreHistogram.of(scores, mask)
    assert auroc(h) == pytest.approx(metrics.roc_auc_score(mask, scores), abs=1e-4)
    assert average_precision(h) == pytest.approx(metrics.average_precision_score(mask, scores), abs=1e-4)


def test_curves_of_tied_scores_are_those_of_scikit_learn() -> None:
    scores, mask = draw("tied")
    h = ScoreHistogram.of(scores, mask)
    curve = roc(h)
    false, true, thresholds = metrics.roc_curve(mask, scores, drop_intermediate=False)
    np.testing.assert_allclose(curve.false_positive_rate, false, rtol=1e-12)
    np.testing.assert_allclose(curve.true_positive_rate, true, rtol=1e-12)
    np.testing.assert_array_equal(curve.thresholds, thresholds)
    precision, recall, thresholds = metrics.precision_recall_curve(mask, scores)
    pr = precision_recall(h)
    np.testing.assert_allclose(pr.precision, precision[::-1], rtol=1e-12)
    np.testing.assert_allclose(pr.recall, recall[::-1], rtol=1e-12)
    np.testing.assert_array_equal(pr.thresholds[1:], thresholds[::-1])


def test_areas_by_hand() -> None:
    h = histogram([0.1, 0.4, 0.4, 0.8, 0.9], [0, 0, 1, 0, 1])
    # Pairs: 0.4 beats 0.1, ties 0.4, loses to 0.8; 0.9 beats all three: 4.5 of 6.
    assert auroc(h) == pytest.approx(4.5 / 6, abs=1e-15)
    # Half of the recall at precision 1 (0.9), half at 2 of 4 (0.4 and above).
    assert average_precision(h) == pytest.approx(0.5 * 1 + 0.5 * 2 / 4, abs=1e-15)


def test_auroc_is_the_share_of_ordered_pairs() -> None:
    scores, mask = draw("tied", 600)
    pairs = scores[mask][:, None] - scores[~mask][None]
    share = ((pairs > 0).double() + 0.5 * (pairs == 0).double()).mean()
    assert auroc(ScoreHistogram.of(scores, mask)) == pytest.approx(float(share), abs=1e-12)


@pytest.mark.parametrize(("sign", "area"), [(1.0, 1.0), (-1.0, 0.0), (0.0, 0.5)])
def test_perfect_inverted_and_constant_scores(sign: float, area: float) -> None:
    mask = torch.arange(100) >= 90
    h = ScoreHistogram.of(sign * torch.arange(100.0), mask)
    assert auroc(h) == pytest.approx(area, abs=1e-15)


def test_perfect_scores_have_average_precision_and_dice_one() -> None:
    h = ScoreHistogram.of(torch.arange(100.0), torch.arange(100) >= 90)
    assert average_precision(h) == pytest.approx(1.0)
    assert best_dice(h).dice == 1.0
    assert best_dice(h).threshold == 90.0


def test_constant_scores_have_the_prevalence_as_average_precision() -> None:
    h = ScoreHistogram.of(torch.zeros(100), torch.arange(100) >= 90)
    assert average_precision(h) == pytest.approx(0.1)


@pytest.mark.parametrize("kind", KINDS)
def test_best_dice_is_that_of_brute_force(kind: str) -> None:
    scores, mask = draw(kind, 3000)
    h = ScoreHistogram.of(scores, mask)
    dice = {
        float(t): metrics.f1_score(mask, scores >= t) for t in h.thresholds[:: max(1, len(h.codes) // 100)]
    }
    best = best_dice(h)
    assert best.dice >= max(dice.values()) - 1e-12
    assert best.dice == pytest.approx(metrics.f1_score(mask, scores >= best.threshold), abs=1e-12)


def test_best_dice_takes_the_highest_threshold_of_several() -> None:
    # Dice 2/3 from 3 (one found, none false) and from 1 (two found, two false).
    best = best_dice(histogram([3.0, 2.0, 1.5, 1.0], [1, 0, 0, 1]))
    assert best.dice == pytest.approx(2 / 3)
    assert best.threshold == 3.0


@pytest.mark.parametrize("kind", KINDS)
def test_dice_at_a_threshold_is_that_of_the_pixels(kind: str) -> None:
    scores, mask = draw(kind, 3000)
    h = ScoreHistogram.of(scores, mask)
    threshold = float(h.thresholds[len(h.codes) // 2])
    assert dice_at(h, threshold) == pytest.approx(metrics.f1_score(mask, scores >= threshold))


def test_dice_at_the_ends() -> None:
    h = histogram([-2.0, 1.0, 5.0], [0, 1, 0])
    assert dice_at(h, -math.inf) == pytest.approx(2 / 4)
    assert dice_at(h, 1e300) == 0.0
    assert math.isnan(dice_at(histogram([1.0], [0]), math.inf))
    with pytest.raises(ValueError, match="threshold must be a number"):
        dice_at(h, math.nan)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("mask", [[0, 0, 0], [1, 1, 1], []])
def test_areas_without_one_of_the_classes_are_nan(mask: list[int]) -> None:
    h = histogram([0.1, 0.2, 0.3][: len(mask)], mask)
    assert math.isnan(auroc(h))
    assert math.isnan(average_precision(h))
    assert math.isnan(best_dice(h).dice) == (1 not in mask)
    assert len(roc(h).thinned(2).thresholds) <= 2
    assert len(precision_recall(h).thinned(2).thresholds) <= 2


@pytest.mark.parametrize("kind", ["normal", "gamma", "rectified"])
def test_a_thinned_curve_keeps_its_shape(kind: str) -> None:
    scores, mask = draw(kind, 200_000)
    h = ScoreHistogram.of(scores, mask)
    full, thin = roc(h), roc(h).thinned(400)
    assert len(thin.thresholds) <= 400 < len(full.thresholds)
    x, y = thin.false_positive_rate, thin.true_positive_rate
    area = np.trapezoid(y, x)
    assert area == pytest.approx(auroc(h), abs=1e-4)
    full_x, full_y = full.false_positive_rate, full.true_positive_rate
    vertical, horizontal = np.abs(np.interp(full_x, x, y) - full_y), np.abs(np.interp(full_y, y, x) - full_x)
    assert np.minimum(vertical, horizontal).max() < 2 / 399  # a part of the length, which is at most 2


@pytest.mark.parametrize("kind", ["normal", "gamma", "rectified"])
def test_a_curve_thinned_for_low_rates_keeps_its_shape_on_both_axes(kind: str) -> None:
    h = ScoreHistogram.of(*draw(kind, 200_000))
    full, thin = roc(h), roc(h).thinned(400, lowest=1e-4)
    assert len(thin.thresholds) <= 400
    y, full_y = thin.true_positive_rate, full.true_positive_rate
    for logarithmic in (False, True):
        x, full_x = thin.false_positive_rate, full.false_positive_rate
        if logarithmic:
            x, full_x = (1 + np.log10(np.maximum(rate, 1e-4)) / 4 for rate in (x, full_x))
        across, along = np.abs(np.interp(full_x, x, y) - full_y), np.abs(np.interp(full_y, y, x) - full_x)
        assert np.minimum(across, along).max() < 2 / 199


def test_a_precision_recall_curve_as_reached_begins_at_the_highest_score() -> None:
    curve = precision_recall(histogram([0.1, 0.2, 0.3, 0.4], [0, 1, 0, 1])).reached()
    assert list(zip(curve.recall, curve.precision, strict=True))[0] == (0.5, 1)
    curve = precision_recall(histogram([0.1, 0.4], [1, 0])).reached()
    assert list(zip(curve.recall, curve.precision, strict=True)) == [(0, 0), (1, 0.5)]
    assert len(precision_recall(histogram([], [])).reached().recall) == 0


@pytest.mark.parametrize(("rate", "wanted"), [(0.0, 0.5), (0.49, 0.5), (0.5, 1.0), (1.0, 1.0)])
def test_sensitivity_is_the_largest_that_few_false_positives_allow(rate: float, wanted: float) -> None:
    assert roc(histogram([0.1, 0.2, 0.3, 0.4], [0, 1, 0, 1])).sensitivity_at(rate) == wanted


def test_sensitivity_of_the_highest_score_alone_is_none() -> None:
    assert roc(histogram([0.1, 0.4], [1, 0])).sensitivity_at(0.5) == 0


@pytest.mark.parametrize("mask", [[0, 0], [1, 1], []])
def test_sensitivity_without_one_of_the_classes_is_nan(mask: list[int]) -> None:
    assert math.isnan(roc(histogram([0.1, 0.2][: len(mask)], mask)).sensitivity_at(0.05))


@pytest.mark.parametrize("max_points", [2, 3, 50])
def test_a_thinned_curve_keeps_its_ends_and_true_points(max_points: int) -> None:
    curve = precision_recall(ScoreHistogram.of(*draw("normal")))
    thin = curve.thinned(max_points)
    assert 2 <= len(thin.recall) <= max_points
    for end in (0, -1):
        assert (thin.recall[end], thin.precision[end]) == (curve.recall[end], curve.precision[end])
    indices = np.searchsorted(-curve.thresholds, -thin.thresholds)
    np.testing.assert_array_equal(curve.recall[indices], thin.recall)
    np.testing.assert_array_equal(curve.precision[indices], thin.precision)


def test_a_straight_curve_stays_straight() -> None:
    curve = roc(ScoreHistogram.of(torch.arange(64.0), torch.zeros(64, dtype=torch.bool)))
    thin = curve.thinned(10)
    assert thin.thresholds[[0, -1]].tolist() == [math.inf, 0.0]
    assert np.diff(thin.false_positive_rate).max() <= 1 / 9 + 1 / 64


def test_one_point_is_refused() -> None:
    with pytest.raises(ValueError, match="max_points must be at least 2"):
        roc(histogram([0.0, 1.0], [0, 1])).thinned(1)
