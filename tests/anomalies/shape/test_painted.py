"""Painted shapes: a text for each, and an anomaly of exactly that shape."""

from __future__ import annotations

import base64
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch

from explorer.anomalies import ANOMALIES
from explorer.anomalies.shape.painted import CELLS, LONGEST, Grid, around, decode, depths, encode
from explorer.contracts import Slice
from explorer.randomness import stream

PLANTING = tuple(name for name in ANOMALIES.names() if ANOMALIES[name].plants)


def crescent() -> Grid:
    """A shape that no disc, square or blob could be: its centre does not belong to it."""
    rows, columns = np.mgrid[:CELLS, :CELLS]
    outside: Grid = np.hypot(rows - 30, columns - 40) >= 10
    outside &= np.hypot(rows - 30, columns - 34) < 12
    return outside


@pytest.mark.parametrize("share", [0.0, 0.001, 0.3, 1.0])
def test_a_grid_survives_its_text(share: float) -> None:
    grid = np.random.default_rng(0).random((CELLS, CELLS)) < share
    text = encode(grid)
    assert len(text) <= LONGEST
    assert np.array_equal(decode(text), grid)


def test_one_cell_is_written_as_by_hand() -> None:
    grid = np.zeros((CELLS, CELLS), bool)
    grid[3, 5] = True
    assert encode(grid) == base64.urlsafe_b64encode(bytes([3, 5, 1, 1, 0b10000000])).decode().rstrip("=")


@pytest.mark.parametrize(
    "text",
    [
        "A",  # no base64
        "AwUBAQ",  # a cell is missing
        "AwUBAYAA",  # a byte too many
        "AwUBAcA",  # a bit beyond the shape
        "AwUBAQA",  # nothing is painted
        "PwUCAcA",  # reaches over the lower edge
        "AwUBAoA",  # the part is wider than what is painted
        "AwUBAYA=",
        "<script>",
        "AwUBAYA\n",
        "ä",
        "A" * 100_000,
        None,
        7,
    ],
)
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"painted must be the text .*paint the shape again") as error:
        decode(text)
    assert len(str(error.value)) < 200


def test_an_anomaly_refuses_it_too() -> None:
    with pytest.raises(ValueError, match="painted must be"):
        ANOMALIES["lesion"](painted="nonsense!")


def test_the_square_around_a_shape() -> None:
    grid = np.zeros((CELLS, CELLS), bool)
    grid[8:24, 16:24] = True
    assert around(encode(grid)) == ((20 / 64, 16 / 64), 16 / 64)


def test_depth_is_the_distance_to_the_outside() -> None:
    grid = np.zeros((CELLS, CELLS), bool)
    grid[10:15, 20:27] = True
    depth = depths(encode(grid), CELLS, CELLS)
    assert torch.equal(depth > 0, torch.from_numpy(grid))
    assert depth[12, 20:27].tolist() == [1, 2, 3, 3, 3, 2, 1]
    twice = depths(encode(grid), 2 * CELLS, 2 * CELLS)
    assert torch.equal(twice > 0, torch.from_numpy(grid.repeat(2, 0).repeat(2, 1)))


@pytest.mark.parametrize("name", PLANTING)
def test_nothing_changes_outside_of_the_painted_shape(name: str, healthy: Slice, donor: Slice) -> None:
    text = encode(crescent())
    anomaly = ANOMALIES[name](strength=0.8, painted=text)
    case = anomaly.apply(healthy, anomaly.draw(stream(3, "test")), donor)
    inside = (depths(text, 48, 48) > 0) & healthy.foreground
    assert torch.equal(case.image[~inside], healthy.image[~inside])
    assert int(case.mask.sum()) > 0.3 * int(inside.sum())


@pytest.mark.parametrize("name", ["shift", "lesion"])
def test_the_mask_is_the_painted_shape(name: str, make_slice: Callable[..., Slice]) -> None:
    text = encode(crescent())
    healthy = make_slice(128, constant=0.4)
    anomaly = ANOMALIES[name](strength=0.5, painted=text)
    mask = anomaly.apply(healthy, anomaly.draw(stream(0, "test"))).mask
    assert torch.equal(mask, (depths(text, 128, 128) > 0) & healthy.foreground)


def test_shape_size_and_place_have_no_say(healthy: Slice) -> None:
    text = encode(crescent())
    masks = []
    others: list[dict[str, Any]] = [{}, {"shape": "square"}, {"size": 0.5}, {"x": 0.2, "y": 0.9}]
    for other in others:
        anomaly = ANOMALIES["shift"](painted=text, **other)
        masks.append(anomaly.apply(healthy, anomaly.draw(stream(0, "test"))).mask)
    assert all(torch.equal(mask, masks[0]) for mask in masks)


def test_a_shape_painted_beside_the_foreground_changes_nothing(healthy: Slice) -> None:
    grid = np.zeros((CELLS, CELLS), bool)
    grid[:3, :3] = True
    anomaly = ANOMALIES["uniform"](painted=encode(grid))
    case = anomaly.apply(healthy, anomaly.draw(stream(0, "test")))
    assert torch.equal(case.image, healthy.image) and not case.mask.any()


def test_a_painted_disc_is_deformed_like_a_disc(make_slice: Callable[..., Slice]) -> None:
    healthy = make_slice(128)
    rows, columns = np.mgrid[:CELLS, :CELLS] + 0.5
    painted = encode(np.hypot(rows - 32, columns - 32) < 0.15 * CELLS)
    sink = partial(ANOMALIES["deformation"], strength=0.8, size=0.3)
    drawn, by_hand = (
        build(x=0.5, y=0.5, **{"flow": "sink"}) for build in (sink, partial(sink, painted=painted))
    )
    one, other = (a.apply(healthy, a.draw(stream(0, "test"))).image for a in (drawn, by_hand))
    assert float((one - other).abs().mean()) < 0.1 * float((one - healthy.image).abs().mean())
