"""What every family of anomalies promises."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch

from explorer.anomalies import ANOMALIES, CHANGE_THRESHOLD, Anomaly, Params
from explorer.anomalies.params import Shape
from explorer.contracts import Slice
from explorer.randomness import stream
from explorer.settings import settings_of

NAMES = ANOMALIES.names()
PLANTING = tuple(name for name in NAMES if ANOMALIES[name].plants)
PLACEABLE = tuple(name for name in NAMES if ANOMALIES[name].placeable)
SEEDS = (0, 1, 2)


def params_of(anomaly: Anomaly, seed: int = 0) -> Params:
    return anomaly.draw(stream(seed, "test"))


def test_the_families_of_the_design_are_there() -> None:
    assert set(NAMES) >= {
        *("none", "lesion", "uniform", "noise", "shift", "texture", "blur", "copy", "foreign"),
        *("deformation", "ramp", "real-lesion"),
    }


@pytest.mark.parametrize("name", NAMES)
def test_strength_zero_changes_nothing(name: str, healthy: Slice, donor: Slice) -> None:
    anomaly = ANOMALIES[name](strength=0.0)
    case = anomaly.apply(healthy, params_of(anomaly), donor)
    assert torch.equal(case.image, healthy.image)
    assert not case.mask.any()
    assert case.image is not healthy.image


@pytest.mark.parametrize("width", [28, 128])
@pytest.mark.parametrize("name", PLANTING)
def test_every_default_leaves_something_to_find(
    name: str, width: int, make_slice: Callable[..., Slice]
) -> None:
    anomaly = ANOMALIES[name]()
    for seed in SEEDS:
        case = anomaly.apply(make_slice(width), params_of(anomaly, seed), make_slice(width, 1.0))
        assert case.mask.sum() >= 3


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", NAMES)
def test_the_mask_holds_exactly_what_changed_visibly(
    name: str, seed: int, healthy: Slice, donor: Slice
) -> None:
    anomaly = ANOMALIES[name](strength=0.7)
    case = anomaly.apply(healthy, params_of(anomaly, seed), donor)
    change = (case.image - healthy.image).abs()
    taking_part = anomaly.region(healthy, params_of(anomaly, seed)).weight >= anomaly.least_weight
    assert torch.equal(case.mask, (change > CHANGE_THRESHOLD) & taking_part)
    assert not case.mask[~healthy.foreground].any()
    assert case.image.isfinite().all() and case.image.min() >= 0 and case.image.max() <= 1


@pytest.mark.parametrize("name", NAMES)
def test_pixels_without_weight_keep_their_bits(name: str, healthy: Slice, donor: Slice) -> None:
    anomaly = ANOMALIES[name](strength=1.0)
    params = params_of(anomaly)
    outside = anomaly.region(healthy, params).weight == 0
    assert outside[~healthy.foreground].all()
    case = anomaly.apply(healthy, params, donor)
    assert torch.equal(case.image[outside], healthy.image[outside])


@pytest.mark.parametrize("name", NAMES)
def test_parameters_replay_every_bit(name: str, healthy: Slice, donor: Slice) -> None:
    other: dict[str, Any] = {"size": 0.3, "shape": "blob"} if ANOMALIES[name].placeable else {}
    params, replayed = (params_of(ANOMALIES[name](strength=0.6, **other), seed=5) for _ in range(2))
    assert replayed == params
    first = ANOMALIES[name]().apply(healthy, params, donor)
    second = ANOMALIES[name]().apply(healthy, replayed, donor)
    assert torch.equal(first.image, second.image) and torch.equal(first.mask, second.mask)


@pytest.mark.parametrize("name", PLANTING)
def test_only_what_needs_the_atlas_refuses_to_go_without(name: str, healthy: Slice, donor: Slice) -> None:
    anomaly, lost = ANOMALIES[name](), replace(healthy, atlas=None)
    if not anomaly.needs_atlas:
        assert anomaly.apply(lost, params_of(anomaly), donor).mask.any()
        return
    with pytest.raises(ValueError, match="its place in the brain, which is not known of disc 0.0; choose"):
        anomaly.apply(lost, params_of(anomaly), donor)


@pytest.mark.parametrize("strength", [0.0, 0.7])
@pytest.mark.parametrize("name", NAMES)
def test_a_mask_of_the_slices_own_is_kept(name: str, strength: float, healthy: Slice, donor: Slice) -> None:
    own = torch.zeros_like(healthy.foreground)
    own[10:14, 20:25] = True
    anomaly = ANOMALIES[name](strength=strength)
    planted = anomaly.apply(healthy, params_of(anomaly), donor)
    case = anomaly.apply(replace(healthy, mask=own), params_of(anomaly), donor)
    assert torch.equal(case.image, planted.image)
    assert torch.equal(case.mask, planted.mask | own)
    assert int(own.sum()) == 20  # and unchanged


@pytest.mark.parametrize("name", NAMES)
def test_inputs_are_left_as_they_are(name: str, healthy: Slice, donor: Slice) -> None:
    anomaly = ANOMALIES[name](strength=0.7)
    before = [part.clone() for given in (healthy, donor) for part in (given.image, given.foreground)]
    anomaly.apply(healthy, params_of(anomaly), donor)
    after = [part for given in (healthy, donor) for part in (given.image, given.foreground)]
    assert all(torch.equal(a, b) for a, b in zip(before, after, strict=True))


@pytest.mark.parametrize("name", PLACEABLE)
def test_settings_change_no_draw(name: str) -> None:
    weak = params_of(ANOMALIES[name](strength=0.1, size=0.1, shape="square"))
    strong = params_of(ANOMALIES[name](strength=0.9, size=0.4, shape="blob", x=0.5, y=0.5))
    expected = replace(weak, strength=0.9, size=0.4, shape="blob", position=(0.5, 0.5))
    assert strong == expected


@pytest.mark.parametrize("name", ["lesion", "uniform", "shift", "foreign", "copy", "ramp"])
def test_a_stronger_anomaly_covers_a_weaker_one(name: str, healthy: Slice, donor: Slice) -> None:
    weak, strong = (
        anomaly.apply(healthy, params_of(anomaly), donor).mask
        for anomaly in (ANOMALIES[name](strength=strength) for strength in (0.2, 0.8))
    )
    assert weak.any() and not (weak & ~strong).any()


@pytest.mark.parametrize("shape", ["disc", "square", "blob"])
@pytest.mark.parametrize("name", ["lesion", "uniform", "shift", "noise"])
def test_a_given_position_is_the_middle_of_the_mask(name: str, shape: Shape, healthy: Slice) -> None:
    anomaly = ANOMALIES[name](strength=0.5, size=0.2, x=0.4, y=0.6, shape=shape)
    rows, columns = anomaly.apply(healthy, params_of(anomaly)).mask.nonzero().T.double() + 0.5
    assert columns.mean() / 48 == pytest.approx(0.4, abs=0.03)
    assert rows.mean() / 48 == pytest.approx(0.6, abs=0.03)


@pytest.mark.parametrize("name", PLACEABLE)
def test_a_position_in_the_background_changes_nothing(name: str, healthy: Slice, donor: Slice) -> None:
    anomaly = ANOMALIES[name](size=0.1, x=0.0, y=1.0)
    case = anomaly.apply(healthy, params_of(anomaly), donor)
    assert torch.equal(case.image, healthy.image) and not case.mask.any()


@pytest.mark.parametrize("name", ["uniform", "shift", "lesion"])
def test_the_area_grows_with_the_square_of_the_size(name: str, make_slice: Callable[..., Slice]) -> None:
    healthy = make_slice(width=128)
    areas = []
    for size in (0.15, 0.3):
        anomaly = ANOMALIES[name](strength=0.5, size=size, x=0.5, y=0.5, shape="disc")
        areas.append(int(anomaly.apply(healthy, params_of(anomaly)).mask.sum()))
    assert areas[1] / areas[0] == pytest.approx(4, rel=0.1)


@pytest.mark.parametrize("name", PLANTING)
def test_an_empty_foreground_is_refused(name: str, healthy: Slice, donor: Slice) -> None:
    anomaly = ANOMALIES[name]()
    bare = replace(healthy, foreground=torch.zeros_like(healthy.foreground))
    with pytest.raises(ValueError, match="no foreground to hold an anomaly; choose another slice"):
        anomaly.apply(bare, params_of(anomaly), donor)


@pytest.mark.parametrize("name", PLANTING)
@pytest.mark.parametrize(
    ("strength", "message"),
    [(1.5, r"in \[0, 1\], got 1.5"), (math.nan, r"in \[0, 1\], got nan"), ("much", "a number")],
)
def test_a_bad_strength_is_named(name: str, strength: Any, message: str) -> None:
    with pytest.raises(ValueError, match=f"strength must be {message}"):
        ANOMALIES[name](strength=strength)


@pytest.mark.parametrize("name", PLACEABLE)
@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"size": -0.1}, r"size must be in \[0.03, 0.6\], got -0.1"),
        ({"x": 1.2, "y": 0.5}, r"x must be in \[0, 1\], got 1.2"),
        ({"x": 0.5, "y": "top"}, "y must be a number, got 'top'"),
        ({"x": 0.5}, "x and y must be given together"),
        ({"shape": "star"}, "shape must be one of blob, disc, square; got 'star'"),
    ],
)
def test_a_bad_place_is_named(name: str, given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ANOMALIES[name](**given)


def test_what_plants_nothing_offers_no_settings() -> None:
    assert all(settings_of(ANOMALIES[name]) == () for name in NAMES if name not in PLANTING)
    offered = [s.name for s in settings_of(ANOMALIES["lesion"]) if s.control]
    assert offered == ["strength", "size", "x", "y", "shape", "sign"]


@pytest.mark.parametrize("name", NAMES)
def test_families_describe_themselves(name: str) -> None:
    family = ANOMALIES[name]
    assert family.summary[0].islower() and not family.summary.endswith(".") and "\n" not in family.summary
    assert family.formula and "x" in family.formula
