"""Colour maps and PNG: what is shown is the value, and brighter is more."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from explorer.wire.colour import MAPS, css_gradient, data_uri, encoded_table, lookup_table, svg_uri, to_png


def decoded(png: bytes) -> NDArray[np.uint8]:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def lightness(name: str) -> NDArray[np.float64]:
    """CIE luminance of a colour map's steps, (256,)."""
    linear = (lookup_table(name) / 255.0) ** 2.2
    return np.asarray(linear @ np.array([0.2126, 0.7152, 0.0722]))


@pytest.mark.parametrize("name", MAPS.values())
def test_a_png_holds_the_colour_of_each_value(name: str) -> None:
    levels = np.arange(256).reshape(8, 32)
    values = (-3 + (levels + 0.5) * (10 / 256)).astype(
        np.float32
    )  # the middle of each of 256 steps of [-3, 7]
    np.testing.assert_array_equal(decoded(to_png(values, -3, 7, name)), lookup_table(name)[levels])


@pytest.mark.parametrize("name", MAPS.values())
def test_values_beyond_the_ends_have_the_colours_of_the_ends(name: str) -> None:
    values = np.array([[-1e30, 0.0, 1.0, 1e30]], np.float32)
    first, last = lookup_table(name)[[0, -1]]
    np.testing.assert_array_equal(decoded(to_png(values, 0, 1, name))[0], [first, first, last, last])


def test_an_empty_range_does_not_divide_by_zero() -> None:
    assert decoded(to_png(np.zeros((2, 3), np.float32), 0.0, 0.0, "gray")).shape == (2, 3, 3)


@pytest.mark.parametrize("key", ["grey", "score"])
def test_lightness_rises_with_the_value(key: str) -> None:
    assert (np.diff(lightness(MAPS[key])) > -1e-4).all()
    assert lightness(MAPS[key])[-1] - lightness(MAPS[key])[0] > 0.8


def test_signed_values_are_darker_to_both_sides_of_zero() -> None:
    steps = np.diff(lightness(MAPS["signed"]))
    assert (steps[:127] > -1e-3).all() and (steps[128:] < 1e-3).all()
    red, _, blue = lookup_table(MAPS["signed"])[-1].astype(int)
    assert red > blue


def test_the_browser_gets_256_colours_of_3_bytes() -> None:
    for name, scale in (("grey", "gray"), ("score", "inferno"), ("cividis", "cividis")):
        assert base64.b64decode(encoded_table(name)) == lookup_table(scale).tobytes()


def test_addresses_hold_their_content() -> None:
    assert base64.b64decode(data_uri(b"abc").removeprefix("data:image/png;base64,")) == b"abc"
    assert base64.b64decode(svg_uri("<svg/>").removeprefix("data:image/svg+xml;base64,")) == b"<svg/>"


def test_a_gradient_runs_from_the_first_to_the_last_colour() -> None:
    first, last = ("rgb({},{},{})".format(*colour) for colour in lookup_table("inferno")[[0, -1]])
    assert css_gradient("inferno").startswith(f"linear-gradient(to right,{first},")
    assert css_gradient("inferno").endswith(f",{last})")
