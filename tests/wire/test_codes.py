"""Pictures as integers: exact on their colour bar, within half a cell; whole numbers and gaps exactly."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.wire.codes import numbers, pictures, quantise
from explorer.wire.colour import levels
from tests.support.packets import steps_of_bar


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


def test_pictures_are_read_as_the_middles_of_their_cells() -> None:
    values = np.random.default_rng(1).random((3, 8, 9), np.float32)
    found = pictures("a", values, np.zeros(3), np.array([1.0, 0.5, 2.0]), 16)
    assert isinstance(found.low, list) and isinstance(found.step, list)
    low, step = (np.array(scale)[:, None, None] for scale in (found.low, found.step))
    assert (np.abs(low + found.codes * step - values) <= 0.5001 * step).all()
    assert found.step == [1 / 4096, 0.5 / 4096, 2 / 4096] and found.packing == "differences"


@pytest.mark.parametrize("low", [-1024.0, 0.0])
def test_whole_numbers_of_a_small_range_are_exact(low: float) -> None:
    values = (low + np.arange(65536, dtype=np.float32)).reshape(64, 32, 32)
    found = numbers("a", values)
    assert (found.low, found.step) == (low, 1.0) and np.array_equal(low + found.codes, values)


def test_other_numbers_stray_by_half_a_step() -> None:
    values = np.array([[0.0, 0.3, 1.0]], np.float32)
    found = numbers("a", values)
    assert found.step == 1 / 65535 and np.abs(found.codes * found.step - values).max() <= 0.51 * found.step
    assert numbers("a", np.array([0.0, 65536.0], np.float32)).step == 65536 / 65535
