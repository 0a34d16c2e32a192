"""Colour maps: what is shown is the value, and brighter is more."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from explorer.ui.colour import MAPS, levels, lookup_table


def lightness(name: str) -> NDArray[np.float64]:
    """CIE luminance of a colour map's steps, (256,)."""
    linear = (lookup_table(name) / 255.0) ** 2.2
    return np.asarray(linear @ np.array([0.2126, 0.7152, 0.0722]))


def test_each_of_256_steps_has_its_level() -> None:
    steps = np.arange(256)
    middles = (-3 + (steps + 0.5) * (10 / 256)).astype(np.float32)
    np.testing.assert_array_equal(levels(middles, -3, 7), steps)


def test_values_beyond_the_ends_have_the_levels_of_the_ends() -> None:
    assert levels(np.array([-1e30, 0.0, 1.0, 1e30], np.float32), 0, 1).tolist() == [0, 0, 255, 255]


def test_an_empty_range_does_not_divide_by_zero() -> None:
    assert levels(np.zeros((2, 3), np.float32), 0.0, 0.0).tolist() == [[0] * 3] * 2


@pytest.mark.parametrize("key", ["grey", "score"])
def test_lightness_rises_with_the_value(key: str) -> None:
    assert (np.diff(lightness(MAPS[key])) > -1e-4).all()
    assert lightness(MAPS[key])[-1] - lightness(MAPS[key])[0] > 0.8


def test_signed_values_are_darker_to_both_sides_of_zero() -> None:
    steps = np.diff(lightness(MAPS["signed"]))
    assert (steps[:127] > -1e-3).all() and (steps[128:] < 1e-3).all()
    red, _, blue = lookup_table(MAPS["signed"])[-1].astype(int)
    assert red > blue
