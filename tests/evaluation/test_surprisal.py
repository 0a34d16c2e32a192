"""Healthy tail probabilities against closed forms: exact for exponential scores, and in order for any."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from explorer.evaluation.calibration import LEVELS, RELIABLE, Calibration


def calibration_of(
    *rows: list[float], betas: tuple[float, ...] = (1.0,), levels: tuple[float, ...] = LEVELS
) -> Calibration:
    grid, fractions, quantiles = (torch.tensor(part, dtype=torch.float64) for part in (betas, levels, rows))
    return Calibration(grid, fractions, {"p": quantiles})


def surprisal(calibration: Calibration, scores: list[float], dtype: torch.dtype = torch.float64) -> Tensor:
    found = calibration.surprisal("p", 1.0, torch.tensor(scores, dtype=dtype).view(1, 1, 1, -1))
    assert found.dtype == dtype
    return found.flatten()


def exponential(scale: float, most: float = 12.0, levels: tuple[float, ...] = LEVELS) -> list[float]:
    """Quantiles of exponential scores; `most` stands for the infinite last one, in units of the scale."""
    return [-scale * math.log1p(-level) if level < 1 else scale * most for level in levels]


@pytest.mark.parametrize("scale", [1e-3, 1.0, 50.0])
def test_exponential_scores_have_exact_tails_below_and_beyond_all_quantiles(scale: float) -> None:
    scores = [0.0, 0.3, 1.0, 4.0, 6.9, 7.5, 20.0, 200.0]
    found = surprisal(calibration_of(exponential(scale)), [scale * score for score in scores])
    torch.testing.assert_close(found, torch.tensor(scores).double() / math.log(10))


def test_files_with_fewer_levels_give_the_same_tail() -> None:
    old = tuple(level for level in LEVELS if level not in (0.9995, 0.9999))
    found = surprisal(calibration_of(exponential(1.0, levels=old), levels=old), [5.0, 30.0])
    torch.testing.assert_close(found, torch.tensor([5.0, 30.0]).double() / math.log(10))


def test_a_few_outliers_do_not_move_the_tail() -> None:
    tame = exponential(1.0)
    wild = [value if level <= RELIABLE else 1e2 for level, value in zip(LEVELS, tame, strict=True)]
    assert torch.equal(*(surprisal(calibration_of(row), [3.0, 8.0, 90.0]) for row in (wild, tame)))


def test_below_the_tail_it_is_the_percentile() -> None:
    row = (
        torch.rand(len(LEVELS), generator=torch.Generator().manual_seed(0), dtype=torch.float64).sort().values
    )
    calibration = calibration_of(row.tolist())
    known = [j for j, level in enumerate(LEVELS) if level <= RELIABLE]
    found = surprisal(calibration, [float(row[j]) for j in known])
    torch.testing.assert_close(10**-found, 1 - torch.tensor([LEVELS[j] for j in known]).double())
    assert float(surprisal(calibration, [-1.0])) == 0


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_it_never_falls_and_has_no_jumps(dtype: torch.dtype) -> None:
    healthy = np.random.default_rng(0).gamma(0.7, 1.0, 50_000)
    calibration = calibration_of(np.quantile(healthy, LEVELS).tolist())
    found = surprisal(calibration, np.linspace(0, 30, 20_001).tolist(), dtype)
    assert float(found.diff().min()) >= 0 and float(found.diff().max()) < 0.05
    assert dtype == torch.float32 or float(found[1:].diff().min()) > 0


def test_the_tail_of_held_out_scores_is_met() -> None:
    seen, held_out = np.random.default_rng(1).gamma(2.0, 1.0, (2, 400_000))
    calibration = calibration_of(np.quantile(seen, LEVELS).tolist())
    for share in (1e-1, 1e-2, 1e-3, 1e-4):
        (found,) = surprisal(calibration, [float(np.quantile(held_out, 1 - share))])
        assert float(found) == pytest.approx(-math.log10(share), abs=0.15)


@pytest.mark.parametrize(
    "row",
    [
        [2.0] * len(LEVELS),
        [0.0] * (len(LEVELS) - 1) + [1.0],
        [-1e30] * 10 + [1e30] * (len(LEVELS) - 10),
        np.linspace(0, 1e-30, len(LEVELS)).tolist(),
    ],
)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_it_is_finite_and_in_order_for_the_oddest_healthy_scores(
    row: list[float], dtype: torch.dtype
) -> None:
    found = surprisal(calibration_of(row), [-3e38, -1.0, 0.0, 1e-20, 0.5, 2.0, 2.1, 1e9, 3e38], dtype)
    assert bool(found.isfinite().all()) and float(found.diff().min()) >= 0 and float(found[0]) == 0


def test_ties_up_to_the_tail_keep_its_slope_bounded() -> None:
    row = [0.0] * (len(LEVELS) - 1) + [1.0]  # hardly a healthy pixel has any error
    low, high = surprisal(calibration_of(row), [1e-6, 1e-3])
    assert 3 <= float(low) < 3.01 and float(high) == pytest.approx(4)


def test_between_betas_it_lies_between() -> None:
    calibration = calibration_of(exponential(1.0), exponential(3.0), betas=(0.1, 10.0))
    scores = torch.full((3, 1, 1, 1), 6.0, dtype=torch.float64)
    found = calibration.surprisal("p", torch.tensor([0.1, 1.0, 10.0]), scores).flatten()
    torch.testing.assert_close(found, torch.tensor([6.0, 3.0, 2.0]).double() / math.log(10))


def test_unknown_names_and_misfits_are_answered() -> None:
    calibration = calibration_of(exponential(1.0))
    with pytest.raises(
        ValueError, match="no calibration for predictor 'q'; calibrated: p; add it with: .* --predictor q"
    ):
        calibration.surprisal("q", 1.0, torch.ones(1, 1, 1, 1))
    with pytest.raises(ValueError, match=r"beta must be one number or \(1,\), got \(3,\)"):
        calibration.surprisal("p", torch.ones(3), torch.ones(1, 1, 1, 1))
