"""Pictures as integers: exact on their colour bar, within half a cell, and unpacked as they were."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.wire.codes import packed, quantise
from explorer.wire.colour import levels
from tests.support.packets import steps_of_bar, unpacked


@pytest.mark.parametrize("tail", [1.0, 3.0, 6.0])
@pytest.mark.parametrize("fine", [1, 4, 16])
def test_no_cell_straddles_two_steps(tail: float, fine: int) -> None:
    generator = np.random.default_rng(int(tail))
    for low, high in ((0.0, 1.0), (0.1, 0.7), (-0.3, 0.3), (1e-9, 3e-7), (0.0, 123.4)):
        values = (low + (high - low) * generator.standard_normal((40, 40)) * 2**tail).astype(np.float32)
        edges = low + (high - low) * np.arange(256) / 256  # the very places where a step begins
        values.flat[:256], values.flat[256:512] = edges, np.nextafter(edges, np.inf)
        codes = np.empty((40, 40), np.uint16)
        first, step = quantise(values, low, high, fine, out=codes)
        sent = first + (codes + 0.5) * step
        assert np.array_equal(steps_of_bar(sent, low, high), levels(values, low, high))
        below = codes < 2**16 - 1
        assert np.abs(sent - values)[below].max() <= 0.5001 * step


def test_values_far_above_the_bar_are_cut_off_and_stay_exact_on_it() -> None:
    values = np.array([[0.0, 0.5, 1.0, 200.0, 300.0, 1e6]], np.float32)
    codes = np.empty((1, 6), np.uint16)
    first, step = quantise(values, 0.0, 1.0, 16, out=codes)
    sent = first + (codes + 0.5) * step
    assert np.array_equal(steps_of_bar(sent, 0.0, 1.0), levels(values, 0.0, 1.0))
    assert sent[0, :4] == pytest.approx(values[0, :4], abs=step) and sent[0, 4] == sent[0, 5] > 255


@pytest.mark.parametrize("values", [[[0.25, 0.25]], [[0.0, 5.0]], [[-3.0, 1e-8]]])
def test_without_a_bar_cells_are_spread_over_the_values(values: list[list[float]]) -> None:
    codes = np.empty((1, 2), np.uint16)
    first, step = quantise(np.array(values, np.float32), 0.25, 0.25, 4, out=codes)
    span = values[0][1] - values[0][0]
    np.testing.assert_allclose(first + (codes + 0.5) * step, values, atol=span / 60_000 + 1e-11)


@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 3, 5), (4, 3, 5), (3, 7, 2)])
def test_any_codes_are_unpacked_as_they_were(shape: tuple[int, int, int]) -> None:
    generator = np.random.default_rng(0)
    codes = generator.integers(0, 2**16, shape).astype(np.uint16)
    codes.flat[0] = 2**16 - 1
    assert np.array_equal(unpacked(packed(codes), *shape), codes)
