"""Regions lie where the foreground has room for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch

from explorer.anomalies import ANOMALIES
from explorer.anomalies.shape.region import pixels_where_it_fits, region_of
from explorer.anomalies.shape.smoothing import smooth
from explorer.contracts import Slice
from explorer.randomness import stream

DRAWN = ANOMALIES["lesion"]().draw(stream(0, "test"))


@pytest.mark.parametrize("size", [0.05, 0.15, 0.3])
def test_most_of_a_region_lies_in_the_foreground(size: float, make_slice: Callable[..., Slice]) -> None:
    foreground = make_slice(width=128).foreground
    everywhere = torch.ones_like(foreground)
    for seed in range(20):
        params = replace(ANOMALIES["shift"](size=size).draw(stream(seed)), shape="disc")
        weight = region_of(foreground, params, 0.0).weight
        row, column = (weight > 0).nonzero().double().mean(0)
        placed = replace(params, position=(float(column + 0.5) / 128, float(row + 0.5) / 128))
        assert weight.sum() > 0.85 * region_of(everywhere, placed, 0.0).weight.sum()


def test_a_larger_region_stays_where_the_smaller_one_was(healthy: Slice) -> None:
    for place in (0.1, 0.5, 0.9):
        small, large = (
            region_of(healthy.foreground, replace(DRAWN, place=place, size=size), 0.0) for size in (0.05, 0.3)
        )
        moved = torch.hypot(small.down[0, 0] - large.down[0, 0], small.right[0, 0] - large.right[0, 0])
        assert moved <= large.radius


def test_places_spread_over_the_foreground(healthy: Slice) -> None:
    centres = {
        (float(region.down[0, 0]), float(region.right[0, 0]))
        for region in (
            region_of(healthy.foreground, replace(DRAWN, place=step / 50), 0.0) for step in range(50)
        )
    }
    assert len(centres) > 40


def test_a_lone_pixel_is_room_enough() -> None:
    foreground = torch.zeros(28, 28, dtype=torch.bool)
    foreground[0, 27] = True
    assert pixels_where_it_fits(foreground, 0.6).tolist() == [[0, 27]]
    assert region_of(foreground, DRAWN, 0.0).weight.nonzero().tolist() == [[0, 27]]


def test_fit_is_counted_as_by_hand() -> None:
    foreground = torch.zeros(9, 9, dtype=torch.bool)
    foreground[2:7, 1:6] = True
    # A window of 3 x 3 pixels lies wholly in the 5 x 5 square around its inner 3 x 3 pixels.
    expected = [[row, column] for row in (3, 4, 5) for column in (2, 3, 4)]
    assert pixels_where_it_fits(foreground, 2 / 9).tolist() == expected


def test_a_blob_has_the_area_of_a_disc() -> None:
    foreground = torch.ones(128, 128, dtype=torch.bool)
    anomaly = ANOMALIES["lesion"](size=0.3, x=0.5, y=0.5)
    drawn = [anomaly.draw(stream(seed)) for seed in range(10)]
    blobs = [float(region_of(foreground, params, 0.0).weight.sum()) for params in drawn]
    assert blobs == pytest.approx([torch.pi * (0.15 * 128) ** 2] * 10, rel=0.05)


@pytest.mark.parametrize("sigma", [1.0, 2.5, 5.0])
def test_smoothing_spreads_a_point_by_its_sigma(sigma: float) -> None:
    point = torch.zeros(65, 81)
    point[32, 40] = 1.0
    rows = smooth(point, sigma).sum(1)
    assert float(rows.sum()) == pytest.approx(1, abs=1e-4)
    assert float((rows * (torch.arange(65.0) - 32).square()).sum()) == pytest.approx(sigma**2, rel=0.01)
