"""Quantiles and percentiles of healthy scores against NumPy, brute force and hand-made rows."""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from explorer.evaluation.calibration import LEVELS, Calibration
from tests.support.linear_vae import images


def one_row(values: list[float], levels: list[float]) -> Calibration:
    """A calibration of one predictor `p` at one beta."""
    return made([1.0], levels, [values])


def made(betas: list[float], levels: list[float], rows: list[list[float]]) -> Calibration:
    grid, fractions, quantiles = (torch.tensor(v, dtype=torch.float64) for v in (betas, levels, rows))
    return Calibration(grid, fractions, {"p": quantiles})


def maps(*scores: float) -> Tensor:
    """One image, a pixel a score."""
    return torch.tensor(scores, dtype=torch.float64).view(1, 1, 1, -1)


def percentiles(calibration: Calibration, *scores: float) -> list[float]:
    return [float(p) for p in calibration.percentile("p", 1.0, maps(*scores)).flatten()]


def test_percentile_interpolates_between_quantiles() -> None:
    calibration = one_row([1.0, 2.0, 4.0], [0.0, 0.5, 1.0])
    assert percentiles(calibration, 0.0, 1.0, 1.5, 2.0, 3.0, 4.0, 9.0) == [0, 0, 0.25, 0.5, 0.75, 1, 1]


def test_percentile_steps_after_a_tie() -> None:
    calibration = one_row([0.0, 0.0, 0.0, 1.0], [0.0, 0.2, 0.6, 1.0])
    assert percentiles(calibration, -1.0, 0.0, 1e-9, 0.5, 1.0) == pytest.approx([0, 0, 0.6, 0.8, 1])


def test_percentile_of_constant_healthy_scores() -> None:
    assert percentiles(one_row([2.0, 2.0], [0.0, 1.0]), 1.9, 2.0, 2.1) == [0, 0, 1]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_percentile_never_falls_and_rises_where_quantiles_do(dtype: torch.dtype) -> None:
    healthy = torch.rand(4000, generator=torch.Generator().manual_seed(0), dtype=torch.float64) ** 6
    row = torch.quantile(healthy, torch.tensor(LEVELS, dtype=torch.float64)).tolist()
    calibration = one_row(row, list(LEVELS))
    ascending = torch.linspace(row[0], row[-1], 5000, dtype=dtype).view(1, 1, 50, 100)
    steps = calibration.percentile("p", 1.0, ascending).flatten().diff()
    assert steps.min() >= 0
    assert dtype == torch.float32 or steps.min() > 0
    # neighbouring floats must not fall either
    start = torch.tensor(row[9], dtype=dtype)
    close = [start]
    for _ in range(200):
        close.append(torch.nextafter(close[-1], torch.tensor(math.inf, dtype=dtype)))
    assert calibration.percentile("p", 1.0, torch.stack(close).view(1, 1, 1, -1)).diff().min() >= 0


def test_percentile_is_the_fraction_of_healthy_pixels_that_score_lower() -> None:
    generator = torch.Generator().manual_seed(1)
    healthy = torch.randn(20_000, generator=generator, dtype=torch.float64).exp()
    row = torch.quantile(healthy, torch.tensor(LEVELS, dtype=torch.float64)).tolist()
    scores = torch.randn(1, 1, 20, 20, generator=generator, dtype=torch.float64).exp()
    lower = (healthy[:, None] < scores.flatten()).double().mean(0).view_as(scores)
    found = one_row(row, list(LEVELS)).percentile("p", 1.0, scores)
    torch.testing.assert_close(found, lower, atol=0.02, rtol=0)  # levels are up to 0.1 apart


def test_percentile_is_np_interp_per_image_and_beta() -> None:
    levels = [0.0, 0.3, 0.9, 1.0]
    calibration = made([0.1, 1.0, 10.0], levels, [[0, 1, 2, 3], [1, 2, 5, 6], [2, 4, 8, 9]])
    scores = 9 * images(3, 6)
    beta = torch.tensor([0.1, math.sqrt(10), 200.0])  # on the grid, half-way in the logarithm, beyond the end
    rows: list[list[float]] = [[0, 1, 2, 3], [1.5, 3, 6.5, 7.5], [2, 4, 8, 9]]
    expected = np.stack([np.interp(s, row, levels) for s, row in zip(scores.numpy(), rows, strict=True)])
    np.testing.assert_allclose(calibration.percentile("p", beta, scores), expected, atol=1e-7)


def test_quantile_interpolates_in_level_and_in_the_logarithm_of_beta() -> None:
    calibration = made([0.1, 10.0], [0.0, 0.5, 1.0], [[0, 1, 2], [2, 5, 6]])
    assert float(calibration.quantile("p", 1.0, 0.5)) == pytest.approx(3)
    assert float(calibration.quantile("p", 1.0, 0.25)) == pytest.approx(2)
    found = calibration.quantile("p", torch.tensor([0.001, 0.1, 1.0, 50.0]), 1.0)
    torch.testing.assert_close(found, torch.tensor([2.0, 2.0, 4.0, 6.0], dtype=torch.float64))
    levels = torch.tensor([0.0, 0.25, 0.5, 1.0], dtype=torch.float64)
    found = calibration.quantile("p", torch.tensor([0.1, 1.0, 10.0]), levels)
    expected = [[0, 0.5, 1, 2], [1, 2, 3, 4], [2, 3.5, 5, 6]]
    torch.testing.assert_close(found, torch.tensor(expected, dtype=torch.float64))


@pytest.mark.parametrize("level", LEVELS)
def test_percentile_of_a_quantile_is_its_level(level: float) -> None:
    calibration = one_row([math.expm1(4 * level) for level in LEVELS], list(LEVELS))
    quantile = float(calibration.quantile("p", 1.0, level))
    assert percentiles(calibration, quantile) == pytest.approx([level])


def test_the_parts_give_the_calibration_back_to_the_bit() -> None:
    calibration = made([0.1, 1 / 3], [0.0, 1.0], [[0.0, 1 / 3], [1e-7 / 3, 2e5 / 3]])
    parts = calibration.parts()
    assert parts.keys() == {"betas", "levels", "quantiles:p"}
    again = Calibration.of_parts(parts)
    assert torch.equal(again.betas, calibration.betas) and torch.equal(again.levels, calibration.levels)
    assert again.quantiles.keys() == {"p"} and torch.equal(again.quantiles["p"], calibration.quantiles["p"])


def test_the_parts_are_copies() -> None:
    calibration = one_row([0.0, 1.0], [0.0, 1.0])
    for part in calibration.parts().values():
        part.fill_(7)
    assert calibration.betas.tolist() == [1.0] and calibration.quantiles["p"].tolist() == [[0.0, 1.0]]


BETAS, LEVELS_OF_TWO = {"betas": [1.0]}, {"levels": [0.0, 1.0]}


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({}, "must hold betas, levels and quantiles:NAME"),
        (BETAS, "must hold betas, levels and quantiles:NAME, got betas"),
        (LEVELS_OF_TWO | {"quantiles:p": [[0, 1]]}, "must hold betas, levels"),
        (BETAS | LEVELS_OF_TWO | {"p": [[0, 1]]}, "must hold betas, levels"),
        (LEVELS_OF_TWO | {"betas": 1.0}, "betas must be a list of numbers"),
        (LEVELS_OF_TWO | {"betas": []}, "betas must be a list of numbers"),
        (LEVELS_OF_TWO | {"betas": [2.0, 1.0]}, "betas must ascend"),
        (LEVELS_OF_TWO | {"betas": [1.0, 1.0]}, "betas must ascend"),
        (LEVELS_OF_TWO | {"betas": [0.0, 1.0]}, "betas must be above 0"),
        (LEVELS_OF_TWO | {"betas": [1.0, math.nan]}, "betas must be a list of numbers"),
        (BETAS | {"levels": [0.1, 1.0]}, "levels must run from 0 to 1"),
        (BETAS | {"levels": [0.0, 0.9]}, "levels must run from 0 to 1"),
        (BETAS | LEVELS_OF_TWO | {"quantiles:p": [[1, 2, 3]]}, r"p must be \(1, 2\)"),
        (BETAS | LEVELS_OF_TWO | {"quantiles:p": [[2, 1]]}, "p must be finite and never fall"),
        (BETAS | LEVELS_OF_TWO | {"quantiles:p": [[2, math.nan]]}, "p must be finite"),
        (BETAS | LEVELS_OF_TWO | {"quantiles:p": [[2, math.inf]]}, "p must be finite"),
        (BETAS | LEVELS_OF_TWO | {"quantiles:p": [[-1e31, 0]]}, "p must be finite"),
    ],
)
def test_broken_parts_are_refused(parts: dict[str, Any], message: str) -> None:
    tensors = {name: torch.tensor(values, dtype=torch.float64) for name, values in parts.items()}
    with pytest.raises(ValueError, match=message):
        Calibration.of_parts(tensors)


def test_parts_in_less_than_double_precision_are_refused() -> None:
    for name, part in one_row([0.0, 1.0], [0.0, 1.0]).parts().items():
        with pytest.raises(ValueError, match="double precision"):
            Calibration.of_parts(one_row([0.0, 1.0], [0.0, 1.0]).parts() | {name: part.float()})


def test_the_largest_quantiles_still_tell_scores_apart() -> None:
    calibration = one_row([-1e30, 0.0, 1e30], [0.0, 0.5, 1.0])
    scores = torch.tensor([-3e38, -5e29, 0.0, 5e29, 3e38]).view(1, 1, 1, -1)
    found = calibration.percentile("p", 1.0, scores).flatten()
    torch.testing.assert_close(found, torch.tensor([0, 0.25, 0.5, 0.75, 1]))


def test_it_says_which_predictors_it_knows() -> None:
    calibration = one_row([0.0, 1.0], [0.0, 1.0])
    assert calibration.knows("p") and not calibration.knows("q")
    with pytest.raises(ValueError, match="no calibration for predictor 'q'"):
        calibration.quantile("q", 1.0, 0.5)


def test_unknown_names_and_misfits_are_answered() -> None:
    calibration = one_row([0.0, 1.0], [0.0, 1.0])
    with pytest.raises(ValueError, match="no calibration for predictor 'q'; calibrated: p"):
        calibration.percentile("q", 1.0, maps(1.0))
    with pytest.raises(ValueError, match=r"level must be in \[0, 1\], got 1.5"):
        calibration.quantile("p", 1.0, 1.5)
    with pytest.raises(ValueError, match=r"beta must be one number or \(1,\), got \(3,\)"):
        calibration.percentile("p", torch.ones(3), maps(1.0))


def test_a_calibration_with_other_levels_is_read_at_these() -> None:
    old = one_row([0.0, 1.0, 2.0], [0.0, 0.5, 1.0])
    new = Calibration(
        old.betas,
        torch.tensor([0.0, 0.25, 0.5, 1.0]).double(),
        {"q": torch.tensor([[0.0, 3.0, 4.0, 5.0]]).double()},
    )
    assert old.joined(new).quantiles["q"].tolist() == [[0.0, 4.0, 5.0]]
    assert set(old.joined(new).without(["p"]).quantiles) == {"q"}


def test_what_only_another_calibration_has_is_interpolated() -> None:
    fine = made([0.1, 1.0, 10.0], [0.0, 1.0], [[0, 1], [1, 2], [2, 3]])
    coarse = Calibration(
        torch.tensor([0.1, 10.0]).double(),
        fine.levels,
        {"q": torch.tensor([[0.0, 2.0], [4.0, 6.0]]).double()},
    )
    joined = fine.joined(coarse)
    assert joined.quantiles["p"] is fine.quantiles["p"]
    torch.testing.assert_close(
        joined.quantiles["q"], torch.tensor([[0.0, 2.0], [2.0, 4.0], [4.0, 6.0]]).double()
    )


def test_percentiles_of_a_large_batch_are_fast() -> None:
    row = [math.expm1(level) for level in LEVELS]
    calibration, scores = one_row(row, list(LEVELS)), torch.rand(16, 1, 128, 128)
    times = []
    for _ in range(7):
        start = time.perf_counter()
        calibration.percentile("p", torch.ones(16), scores)
        times.append(time.perf_counter() - start)
    assert min(times) < 0.05  # about 5 ms on an idle core
