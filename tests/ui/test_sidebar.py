"""The grid of betas that the sliders offer."""

from __future__ import annotations

import pytest

from explorer.ui.sidebar import BETA, beta_grid


def test_betas_run_in_equal_ratios_from_end_to_end() -> None:
    grid = beta_grid(0.01, 10.0)
    assert (len(grid), grid[0], grid[-1]) == (61, "0.01", "10")
    assert f"{BETA:g}" in grid
    ratios = [float(b) / float(a) for a, b in zip(grid, grid[1:], strict=False)]
    assert ratios == pytest.approx([10 ** (1 / 20)] * 60, rel=0.01)


def test_a_single_beta_is_offered_once_or_twice_but_never_none() -> None:
    assert set(beta_grid(1.0, 1.0)) == {"1"}
