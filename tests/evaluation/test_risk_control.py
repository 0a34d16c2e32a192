"""Conformal risk control: the paper's formula by hand, and its promise on scans drawn at random."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from explorer.evaluation.histogram import RESOLUTION, ScoreHistogram
from explorer.evaluation.risk_control import (
    SHARES,
    least_share,
    scans_needed,
    share_reaching,
    threshold_for,
    upper_bounds,
)


def bounds_of(*scans: Tensor) -> Tensor:
    histograms = [ScoreHistogram.of(scores, torch.zeros_like(scores, dtype=torch.bool)) for scores in scans]
    return torch.stack([upper_bounds(one) for one in histograms])


def share(scores: Tensor, threshold: float | None) -> float:
    assert threshold is not None
    return float((scores >= threshold).double().mean())


def test_bounds_are_the_smallest_scores_that_no_more_than_a_share_reach() -> None:
    scores = torch.rand(5000, generator=torch.Generator().manual_seed(0)) + 1
    (bounds,) = bounds_of(scores)
    for bound, allowed in zip(bounds.tolist(), SHARES, strict=True):
        assert share(scores, bound) <= allowed
        lower = bound * (1 - 2 * RESOLUTION)
        assert share(scores, lower) > allowed - 1 / 5000 or allowed == 1
    assert bool((bounds.diff() >= 0).all())


def test_ties_and_negative_scores_are_bounded_too() -> None:
    (ties, negative) = bounds_of(torch.full((50,), 2.0), torch.linspace(-3, -1, 50))
    assert share(torch.full((50,), 2.0), float(ties[0])) == 0 and float(ties[0]) > 2
    assert share(torch.linspace(-3, -1, 50), float(negative[-1])) == 0 and float(negative[-1]) <= 0
    with pytest.raises(ValueError, match="at least one healthy pixel"):
        upper_bounds(ScoreHistogram.empty())


def test_the_share_that_reaches_a_score_is_never_taken_too_small() -> None:
    scores = torch.randn(2000, generator=torch.Generator().manual_seed(1))
    bounds = bounds_of(scores)
    for threshold in (-9.0, -1.0, 0.0, 1.5, 2.5, 9.0):
        true, found = share(scores, threshold), float(share_reaching(bounds, threshold))
        assert true <= found <= max(true * 10 ** (1 / 32) + 2 * RESOLUTION, 1e-4 if threshold < 9 else 0)


def test_the_formula_by_hand() -> None:
    """Four scans of ten pixels that score 1, but for one of 3 in the first, and 2, 2, 1 and 0 of them of 2.

    Just above 1, R = (.3 + .2 + .1 + 0) / 4 = .15 and 4 / 5 R + 1 / 5 = .32; just above 2 one pixel is left,
    R = .025, which gives .22; above 3 it is .2.
    """
    scans = [torch.ones(10) for _ in range(4)]
    scans[0][:2], scans[0][2], scans[1][:2], scans[2][:1] = 2, 3, 2, 2
    bounds = bounds_of(*scans)
    step = 1 + RESOLUTION
    # losses are rounded up to the shares that are kept: .3 to .316 and .2 to .205, which gives .324
    for alpha, above in ((0.6, 1.0), (0.34, 1.0), (0.31, 2.0), (0.225, 2.0), (0.21, 3.0), (0.2, 3.0)):
        found = threshold_for(bounds, alpha)
        assert found is not None and above < found <= above * step**2
    assert threshold_for(bounds, 0.199) is None


@pytest.mark.parametrize(("n", "least"), [(1, 0.5), (3, 0.25), (19, 0.05), (99, 0.01)])
def test_what_so_many_scans_can_promise(n: int, least: float) -> None:
    assert least_share(n) == pytest.approx(least)
    assert scans_needed(least) == n
    scores = torch.rand(n, 100)
    bounds = bounds_of(*scores)
    found = threshold_for(bounds, least)
    assert found is not None and found > float(scores.max())
    assert threshold_for(bounds, 0.99 * least) is None


@pytest.mark.parametrize("alpha", [0.05, 0.1, 0.3])
def test_the_promise_holds_over_scans_drawn_alike_and_is_not_idle(alpha: float) -> None:
    """Scans differ in scale; the share on the next is at most alpha in the mean, and not far below."""
    generator = torch.Generator().manual_seed(2)
    n, rounds, pixels = 20, 100, 200
    shares = []
    for _ in range(rounds):
        scale = torch.randn(n + 1, 1, generator=generator).mul(0.5).exp()
        scans = scale * -torch.rand(n + 1, pixels, generator=generator).log()
        shares.append(share(scans[n], threshold_for(bounds_of(*scans[:n]), alpha)))
    mean = sum(shares) / rounds
    error = torch.tensor(shares).std().item() / math.sqrt(rounds)
    assert mean <= alpha + 3 * error
    # theorem 2 of the paper, and the rounding of shares
    assert mean >= alpha - 2 / (n + 1) - 0.07 * alpha - 3 * error


@pytest.mark.parametrize("alpha", [0.0, 1.0, -0.1, math.nan])
def test_a_share_that_is_none_is_refused(alpha: float) -> None:
    with pytest.raises(ValueError, match=r"between 0 and 1, as 0.01, got"):
        threshold_for(torch.zeros(3, len(SHARES)), alpha)
    with pytest.raises(ValueError, match="at least 1 healthy scan, got 0"):
        threshold_for(torch.zeros(0, len(SHARES)), 0.5)
