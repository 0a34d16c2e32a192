"""A picture that can be no slice of what a model knows is told by its size, its edges and what fills it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from explorer.cards import Card
from explorer.scans.placing.preparing import prepare_scan
from explorer.scans.reading.scan import Scan

RANDOM = np.random.default_rng(0)
NOTHING = "Its scores mean nothing."


def warnings_on(pixels: Any, dataset: str = "brain", size: int = 128) -> tuple[str, ...]:
    card = Card("m", "beta-vae", dataset, "", {"image_size": size}, {}, "0" * 64, {})
    scan = Scan(np.asarray(pixels, np.float32)[..., None], None, "a.png", "0" * 64)
    return prepare_scan(scan, card).warnings


def brain(radius: float, size: int = 200) -> Any:
    """A disc as bright as a brain, noise on it, whose radius is a share of half the side."""
    rows, columns = np.mgrid[-1 : 1 : size * 1j, -1 : 1 : size * 1j]
    return (np.hypot(rows, columns) < radius) * (0.5 + 0.2 * RANDOM.random((size, size)))


def test_a_slice_in_darkness_is_left_in_peace() -> None:
    for size in (100, 200, 512, 1024):
        assert warnings_on(brain(0.65, size)) == ()


def test_a_photograph_is_no_slice_of_a_brain() -> None:
    steel = 120 + 20 * np.sin(np.arange(200) / 7)[None] + 8 * RANDOM.standard_normal((200, 200))
    (told,) = warnings_on(steel)
    assert told == (
        "The picture is no slice of what the model knows: it is not dark at its edges, as what surrounds a "
        f"brain is. {NOTHING}"
    )
    (told,) = warnings_on(steel[:40])
    assert "of its 200 x 40 pixels one side is 5.0 times the other; it is not dark" in told


def test_what_fills_the_picture_wants_a_margin() -> None:
    (told,) = warnings_on(brain(0.95))
    assert told.startswith("What is not dark fills 71 % of the image")
    assert told.endswith("its scores mean little. Take the skull out and leave a dark margin.")
    assert warnings_on(brain(0.95), "fashion-mnist", 128) == ()


@pytest.mark.parametrize(
    ("shape", "size", "told"),
    [
        ((28, 28), 28, ""),
        ((112, 112), 28, ""),
        ((113, 113), 28, "113 x 113 pixels become 28 x 28, so that what is finer vanishes"),
        ((200, 200), 28, "200 x 200 pixels become 28 x 28, so that what is finer vanishes"),
        ((32, 32), 128, ""),
        ((31, 31), 128, "31 x 31 pixels become 128 x 128, so that there is nothing fine in it"),
        ((28, 14), 28, ""),
        ((28, 13), 28, "of its 13 x 28 pixels one side is 2.2 times the other"),
    ],
)
def test_sizes_that_no_image_of_the_model_has_are_told(shape: tuple[int, int], size: int, told: str) -> None:
    found = warnings_on(RANDOM.random(shape), "fashion-mnist", size)
    expected = f"The picture is no slice of what the model knows: {told}. {NOTHING}"
    assert found == ((expected,) if told else ())
