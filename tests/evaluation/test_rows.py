"""Figures of many rows at once are those of the curves, row by row."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from explorer.evaluation.curves import auroc, average_precision, best_dice
from explorer.evaluation.histogram import ScoreHistogram
from explorer.evaluation.rows import figures_of_rows


def one_by_one(scores: torch.Tensor, mask: torch.Tensor) -> list[list[float]]:
    histograms = [ScoreHistogram.of(row, mask) for row in scores]
    dice = [best_dice(h) for h in histograms]
    return [
        [auroc(h), average_precision(h), d.dice, d.threshold] for h, d in zip(histograms, dice, strict=True)
    ]


@pytest.mark.parametrize("levels", [2, 7, 1_000_000])
@pytest.mark.parametrize("share", [0.01, 0.5, 1.0])
def test_rows_have_the_figures_of_their_histograms(levels: int, share: float) -> None:
    generator = torch.Generator().manual_seed(levels)
    scores = (torch.randn(5, 800, generator=generator) * levels).round() / levels
    mask = torch.rand(800, generator=generator) < share
    np.testing.assert_allclose(figures_of_rows(scores, mask), one_by_one(scores, mask), rtol=1e-12)


def test_perfect_and_inverted_scores() -> None:
    mask = torch.tensor([False, False, True, True])
    scores = torch.tensor([[1.0, 2.0, 3.0, 4.0], [4.0, 3.0, 2.0, 1.0], [5.0, 5.0, 5.0, 5.0]])
    found = figures_of_rows(scores, mask)
    assert found[0].tolist() == [1, 1, 1, 3]
    assert found[1, 0] == 0 and found[1, 1] == pytest.approx((1 / 3 + 2 / 4) / 2)
    assert found[2].tolist() == [0.5, 0.5, pytest.approx(2 / 3), 5]


def test_without_anomalous_or_healthy_pixels() -> None:
    scores = torch.rand(2, 10)
    assert np.isnan(figures_of_rows(scores, torch.zeros(10, dtype=torch.bool))).all()
    full = figures_of_rows(scores, torch.ones(10, dtype=torch.bool))
    assert np.isnan(full[:, :2]).all() and full[:, 2].tolist() == [1, 1]
    assert full[:, 3] == pytest.approx(scores.amin(1).tolist(), rel=1e-3)
