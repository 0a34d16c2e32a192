"""The closed form of each family."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor

from explorer.anomalies import ANOMALIES, Anomaly, Params
from explorer.anomalies.copy import offset
from explorer.anomalies.shape.region import region_of
from explorer.anomalies.uniform import SMALLEST_CONTRAST, constant_away_from
from explorer.contracts import Slice
from explorer.randomness import stream


def build(name: str, **settings: Any) -> Anomaly:
    return ANOMALIES[name](**settings)


def planted(anomaly: Anomaly, healthy: Slice, donor: Slice | None = None) -> tuple[Tensor, Tensor, Params]:
    """The image, the pixels that take part in full, and what was drawn."""
    params = anomaly.draw(stream(1, "test"))
    inside = region_of(healthy.foreground, params, anomaly.softness).weight == 1
    return anomaly.apply(healthy, params, donor).image, inside, params


def test_uniform_at_full_strength_is_constant(healthy: Slice) -> None:
    image, inside, _ = planted(build("uniform", strength=1.0, size=0.3), healthy)
    assert inside.sum() > 100 and image[inside].min() == image[inside].max()


def test_uniform_blends_in_proportion(healthy: Slice) -> None:
    half, inside, _ = planted(build("uniform", strength=0.5, size=0.3), healthy)
    full, _, _ = planted(build("uniform", strength=1.0, size=0.3), healthy)
    torch.testing.assert_close(half[inside], (healthy.image + full)[inside] / 2)


@pytest.mark.parametrize("mean", [0.0, 0.2, 0.5, 0.9, 1.0])
def test_the_constant_differs_from_the_patch(mean: float) -> None:
    constants = [constant_away_from(mean, step / 100) for step in range(100)]
    assert all(0 <= constant <= 1 for constant in constants)
    assert min(abs(constant - mean) for constant in constants) >= SMALLEST_CONTRAST - 1e-9


@pytest.mark.parametrize(("sign", "step"), [("brighter", 0.2), ("darker", -0.2)])
def test_shift_adds_its_strength(sign: str, step: float, healthy: Slice) -> None:
    image, inside, _ = planted(build("shift", strength=0.2, size=0.3, sign=sign), healthy)
    torch.testing.assert_close(image[inside], healthy.image[inside] + step)


@pytest.mark.parametrize(("sign", "step"), [("brighter", 0.2), ("darker", -0.2)])
def test_lesion_peaks_at_its_contrast_and_falls_smoothly(sign: str, step: float, healthy: Slice) -> None:
    anomaly = build("lesion", strength=0.2, size=0.3, sign=sign)
    image, inside, params = planted(anomaly, healthy)
    weight = region_of(healthy.foreground, params, anomaly.softness).weight
    torch.testing.assert_close(image - healthy.image, step * weight, atol=1e-6, rtol=0)
    assert inside.any() and ((weight > 0.1) & (weight < 0.9)).sum() > 0.3 * inside.sum()


def test_noise_has_its_strength_as_deviation(make_slice: Callable[..., Slice]) -> None:
    healthy = make_slice(width=128, constant=0.5)
    image, inside, _ = planted(build("noise", strength=0.1, size=0.5), healthy)
    change = (image - healthy.image)[inside]
    assert float(change.std()) == pytest.approx(0.1, rel=0.05)
    assert abs(float(change.mean())) < 4 * 0.1 / math.sqrt(change.numel())


def test_texture_keeps_the_mean_and_has_its_strength_as_deviation(healthy: Slice) -> None:
    anomaly = build("texture", strength=0.05, size=0.3)
    params = anomaly.draw(stream(1, "test"))
    region = region_of(healthy.foreground, params, anomaly.softness)
    change = anomaly.alter(healthy, region, params, None) - healthy.image
    share = region.weight / region.weight.sum()
    assert float((share * change).sum()) == pytest.approx(0, abs=1e-6)
    assert float((share * change.square()).sum().sqrt()) == pytest.approx(0.05, rel=1e-4)


def test_texture_is_coarser_than_noise(make_slice: Callable[..., Slice]) -> None:
    healthy = make_slice(width=128, constant=0.5)
    image, inside, _ = planted(build("texture", strength=0.1, size=0.5), healthy)
    change = torch.where(inside, image - healthy.image, 0)
    neighbours = (change[:, 1:] * change[:, :-1]).sum() / change.square().sum()
    assert neighbours > 0.5


@pytest.mark.parametrize("name", ["blur", "deformation", "copy"])
def test_constants_stay_constant(name: str, make_slice: Callable[..., Slice]) -> None:
    healthy = make_slice(constant=0.5)
    image, _, _ = planted(build(name, strength=1.0, size=0.4), healthy)
    torch.testing.assert_close(image, healthy.image, atol=1e-6, rtol=0)


def test_more_blur_leaves_less_variance(healthy: Slice) -> None:
    variances = []
    for strength in (0.0, 0.2, 0.5, 1.0):
        image, inside, _ = planted(build("blur", strength=strength, size=0.4, x=0.5, y=0.5), healthy)
        variances.append(float(image[inside].var()))
    assert variances == sorted(variances, reverse=True) and variances[-1] < 0.5 * variances[0]


@pytest.mark.parametrize("seed", range(4))
def test_copy_at_full_strength_is_the_part_it_came_from(seed: int, healthy: Slice) -> None:
    anomaly = build("copy", strength=1.0, size=0.15)
    params = anomaly.draw(stream(seed, "test"))
    region = region_of(healthy.foreground, params, anomaly.softness)
    down, right = offset(healthy.foreground, region, params)
    rows, columns = (region.weight == 1).nonzero().T
    copied = anomaly.apply(healthy, params).image[rows, columns]
    assert torch.equal(copied, healthy.image[rows + down, columns + right])
    assert max(abs(down), abs(right)) >= 2 * region.radius


def test_foreign_at_full_strength_is_the_donor(healthy: Slice, donor: Slice) -> None:
    image, inside, _ = planted(build("foreign", strength=1.0), healthy, donor)
    assert torch.equal(image[inside], donor.image[inside])


def test_foreign_interpolates(healthy: Slice, donor: Slice) -> None:
    image, inside, _ = planted(build("foreign", strength=0.25), healthy, donor)
    torch.testing.assert_close(image[inside], (0.75 * healthy.image + 0.25 * donor.image)[inside])


def test_foreign_refuses_to_go_without_a_fitting_donor(
    healthy: Slice, make_slice: Callable[..., Slice]
) -> None:
    with pytest.raises(ValueError, match="needs a donor"):
        planted(build("foreign"), healthy)
    with pytest.raises(ValueError, match=r"size \(48, 48\), got \(28, 28\)"):
        planted(build("foreign"), healthy, make_slice(width=28))


@pytest.mark.parametrize(("flow", "sign"), [("sink", 1), ("source", -1)])
def test_deformation_reads_where_the_formula_says(flow: str, sign: int, healthy: Slice) -> None:
    # An image that equals its own column number shows where each value came from.
    columns = torch.arange(48.0).expand(48, 48)
    slope = replace(healthy, image=columns / 47)
    anomaly = build("deformation", strength=0.8, size=0.3, x=0.5, y=0.5, flow=flow)
    params = anomaly.draw(stream(1, "test"))
    region = region_of(slope.foreground, params, anomaly.softness)
    read = 47 * anomaly.apply(slope, params).image
    away = columns - 23.5
    s = ((torch.arange(48.0)[:, None] - 23.5).square() + away.square()) / region.radius**2
    expected = columns + sign * 0.8 * (1 - s) * away
    inside = region.weight == 1
    torch.testing.assert_close(read[inside], expected[inside], atol=1e-3, rtol=0)


def test_ramp_is_linear_along_its_direction(make_slice: Callable[..., Slice]) -> None:
    healthy = make_slice(constant=0.5)
    anomaly = build("ramp", strength=0.3, size=0.3, x=0.5, y=0.5)
    image, inside, params = planted(anomaly, healthy)
    rows, columns = inside.nonzero().T
    along = math.cos(params.direction) * (columns - 23.5) + math.sin(params.direction) * (rows - 23.5)
    torch.testing.assert_close(image[inside], 0.5 + 0.3 * along / (0.15 * 48), atol=1e-5, rtol=0)


@pytest.mark.parametrize(("name", "option"), [("shift", "sign"), ("deformation", "flow")])
def test_a_drawn_sign_comes_up_both_ways(name: str, option: str) -> None:
    signs = [build(name, **{option: "drawn"}).draw(stream(seed)).sign for seed in range(40)]
    assert 10 < signs.count(1) < 30
