"""Curves: the right points on the right axes, and nothing where nothing is defined."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from explorer.evaluation.histogram import ScoreHistogram
from explorer.looking.charts import (
    POINTS,
    line_style,
    precision_recall_chart,
    rate_distortion_chart,
    roc_chart,
)
from explorer.predictors import PREDICTORS

SCORES = torch.tensor([0.1, 0.2, 0.3, 0.4])
MASK = torch.tensor([False, True, False, True])
BETAS, KL, REC = np.array([0.01, 1.0, 100.0]), np.array([400.0, 100.0, 4.0]), np.array([1.0, 10.0, 100.0])


def histograms(mask: torch.Tensor = MASK) -> dict[str, ScoreHistogram]:
    return {"kl-gradient": ScoreHistogram.of(SCORES, mask)}


def test_roc_has_the_hand_counted_corners_beside_chance() -> None:
    chance, curve = roc_chart("Title", histograms()).lines
    assert (chance.x, chance.y) == ([0, 1], [0, 1])
    assert list(zip(curve.x, curve.y, strict=True)) == [(0, 0), (0, 0.5), (0.5, 0.5), (0.5, 1), (1, 1)]
    assert curve.name == PREDICTORS["kl-gradient"].title


def test_precision_recall_lies_beside_the_prevalence() -> None:
    prevalence, curve = precision_recall_chart("Title", histograms()).lines
    assert prevalence.y == [0.5, 0.5]
    found = list(zip(curve.x, curve.y, strict=True))
    assert found[0] == (0, 1) and found[-1] == (1, 0.5)


def test_an_undefined_curve_is_left_out() -> None:
    healthy = histograms(torch.zeros(4, dtype=torch.bool))
    assert len(roc_chart("Title", healthy).lines) == 1
    assert len(roc_chart("Title", {}).lines) == 1
    assert len(precision_recall_chart("Title", {}).lines) == 0
    nothing = {"kl-gradient": ScoreHistogram.empty()}
    assert len(precision_recall_chart("Title", nothing).lines) == 0


def test_long_curves_are_thinned() -> None:
    scores = torch.rand(20_000, generator=torch.Generator().manual_seed(0))
    long = {"kl-gradient": ScoreHistogram.of(scores, scores.roll(1) > 0.5)}
    for chart in (roc_chart, precision_recall_chart):
        curve = chart("Title", long).lines[-1]
        assert 2 < len(curve.x) <= POINTS


def test_no_two_predictors_look_alike() -> None:
    styles = [line_style(i) for i in range(len(PREDICTORS.names()))]
    assert len(set(styles)) == len(styles)


@pytest.mark.parametrize(("beta", "rate", "distortion"), [(1.0, 100.0, 10.0), (10.0, 20.0, 10**1.5)])
def test_the_current_beta_lies_on_the_curve(beta: float, rate: float, distortion: float) -> None:
    chart = rate_distortion_chart(BETAS, KL, REC, beta, (7.0, 8.0))
    curve, current, image = chart.lines
    assert (current.x[0], current.y[0]) == pytest.approx((rate, distortion))
    assert (image.x[0], image.y[0]) == (7.0, 8.0)
    assert (curve.x, curve.y) == (KL.tolist(), REC.tolist())
    for line in chart.lines:
        assert all(chart.x_axis.low < value < chart.x_axis.high for value in line.x)
        assert all(chart.y_axis.low < value < chart.y_axis.high for value in line.y)


def test_a_single_point_has_a_decade_around_it() -> None:
    one = np.array([50.0])
    chart = rate_distortion_chart(np.array([1.0]), one, one, 1.0, (50.0, 50.0))
    assert chart.x_axis.high / chart.x_axis.low == pytest.approx(10)
    assert (chart.x_axis.high * chart.x_axis.low) ** 0.5 == pytest.approx(50)
    assert [line.name for line in chart.lines] == ["healthy images", "this image"]
    assert "beta" not in chart.alt


def test_what_a_logarithmic_axis_cannot_show_is_left_out() -> None:
    curve, current = rate_distortion_chart(BETAS, KL, REC, 1.0, (0.0, 8.0)).lines
    assert (curve.name, current.name) == ("healthy images", "beta 1")
