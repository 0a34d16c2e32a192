"""Real lesions in a slice: where they lie, how they look, which of them are taken."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

import pytest
import torch

from explorer.anomalies import ANOMALIES, CHANGE_THRESHOLD, DoesNotFit, Params, plant
from explorer.anomalies.real_lesion import FEWEST, RealLesion, pixel_area, tissue
from explorer.anomalies.shape.lesions import lesion_shapes, volume_of
from explorer.anomalies.shape.smoothing import smooth
from explorer.contracts import Slice
from explorer.datasets import load_dataset
from explorer.datasets.brain.contrast import typical_intensities
from explorer.datasets.brain.variation import CONTRASTS
from explorer.randomness import stream
from explorer.settings import settings_of

Maker = Callable[..., Slice]


def drawn(anomaly: RealLesion, seed: int = 0) -> Params:
    return anomaly.draw(stream(seed, "test"))


@pytest.fixture
def brain(make_slice: Maker) -> Slice:
    """An evenly grey slice."""
    return make_slice(width=96, constant=0.45)


def test_it_lies_where_the_shape_lies_in_the_atlas(brain: Slice) -> None:
    for seed in range(5):
        case = RealLesion(strength=0.3).apply(brain, drawn(RealLesion(strength=0.3), seed))
        (index,) = (i for i in range(1604) if case.name == str(lesion_shapes()[i]))
        assert brain.atlas is not None
        share = lesion_shapes()[index].at(brain.atlas)
        inside, outside = share == 1, smooth(share, 1.0) < 1e-3
        assert case.mask[inside & brain.foreground].all()
        assert not case.mask[outside].any()


@pytest.mark.parametrize("cause", ["acute-stroke", "chronic-stroke", "multiple-sclerosis"])
def test_the_mask_is_as_large_as_the_lesion_whatever_its_strength(cause: Any, brain: Slice) -> None:
    masked, visible, shown = 0, 0, 0.0
    for seed in range(8):
        weak, strong = RealLesion(cause=cause, strength=0.1), RealLesion(cause=cause, strength=0.6)
        masks = [one.apply(brain, drawn(one, seed)).mask for one in (weak, strong)]
        assert torch.equal(*masks)
        masked += int(masks[0].sum())
        changed = strong.apply(brain, drawn(strong, seed)).image - brain.image
        visible += int((changed.abs() > CHANGE_THRESHOLD).sum())
        shown += float(strong.region(brain, drawn(strong, seed)).weight.sum())
    assert masked / shown == pytest.approx(1, abs=0.2)
    assert visible / masked > (1.7 if cause == "multiple-sclerosis" else 1.1)  # had the fringe counted


def test_it_ends_where_the_foreground_ends(brain: Slice) -> None:
    narrow = brain.foreground.clone()
    narrow[:, 48 - 12 : 48 + 12] = False
    cut = 0
    for seed in range(6):
        whole = RealLesion(volume="300").apply(brain, drawn(RealLesion(volume="300"), seed))
        case = RealLesion().apply(replace(brain, foreground=narrow), drawn(RealLesion(volume="300"), seed))
        assert torch.equal(case.image[~narrow], brain.image[~narrow]) and not case.mask[~narrow].any()
        cut += int((whole.mask & ~narrow).sum())
    assert cut > 100


def test_its_edge_is_soft(brain: Slice) -> None:
    region = RealLesion().region(brain, drawn(RealLesion(volume="30")))
    assert 0 < int(((region.weight > 0.1) & (region.weight < 0.9)).sum()) < int((region.weight > 0.9).sum())
    steps = torch.maximum(region.weight.diff(dim=0).abs().amax(), region.weight.diff(dim=1).abs().amax())
    edge = region.weight[brain.foreground]
    assert float(steps) < 0.9 and float(edge.max()) > 0.99


@pytest.mark.parametrize(("contrast", "sign"), [("flair", 1), ("t2", 1), ("t1", -1)])
def test_it_is_bright_or_dark_as_in_the_contrast(contrast: str, sign: int) -> None:
    dataset = load_dataset(f"brain/{contrast}")
    case = plant(dataset, "test", (2, 32), RealLesion(strength=0.2), 1)
    change = (case.image - case.source.image)[case.mask]
    assert (sign * change > 0).all()
    assert float(change.abs().max()) < 0.2 * 1.41  # the texture


@pytest.mark.parametrize(("sign", "expected"), [("brighter", 1), ("darker", -1)])
def test_a_chosen_sign_holds_in_every_contrast(sign: Any, expected: int, brain: Slice) -> None:
    anomaly = RealLesion(sign=sign, strength=0.3)
    for contrast in ("flair", "t1", ""):
        case = anomaly.apply(replace(brain, contrast=contrast), drawn(anomaly))
        assert case.mask.any()
        assert (expected * (case.image - brain.image)[case.mask] > 0).all()


def test_an_unknown_contrast_has_no_sign(brain: Slice) -> None:
    with pytest.raises(ValueError, match="sign must be brighter or darker where the sequence is not known"):
        RealLesion().apply(replace(brain, contrast=""), drawn(RealLesion()))


def test_its_strength_is_the_mean_change_in_the_middle(brain: Slice) -> None:
    anomaly = RealLesion(strength=0.2, volume="300")
    params = drawn(anomaly)
    change = (anomaly.apply(brain, params).image - brain.image)[anomaly.region(brain, params).weight > 0.999]
    assert change.numel() > 300
    assert float(change.mean()) == pytest.approx(0.2, rel=0.05)
    assert float(change.std()) == pytest.approx(0.2 * 0.2, rel=0.25)


@pytest.mark.parametrize("contrast", CONTRASTS)
def test_tissue_takes_part_and_fluid_does_not(contrast: str, brain: Slice) -> None:
    for intensity, expected in zip(typical_intensities(contrast), (1, 1, 0), strict=True):
        filled = replace(brain, contrast=contrast, image=torch.full_like(brain.image, intensity))
        assert torch.equal(tissue(filled), torch.full_like(brain.image, expected))


def test_ventricles_are_left_out_of_the_mask() -> None:
    dataset = load_dataset("brain/flair")
    for seed in range(4):
        case = plant(dataset, "test", (0, 32), RealLesion(cause="multiple-sclerosis"), seed)
        assert case.mask.any() and not case.mask[case.source.image < 0.15].any()


@pytest.mark.parametrize("cause", ["any", "acute-stroke", "chronic-stroke", "multiple-sclerosis"])
@pytest.mark.parametrize("volume", ["any", "1", "10", "30", "100"])
def test_only_lesions_of_this_cause_and_volume_are_taken(cause: Any, volume: Any, brain: Slice) -> None:
    if not lesion_shapes().of(cause, volume).any():
        return
    anomaly = RealLesion(cause=cause, volume=volume)
    for seed in range(6):
        found = re.fullmatch(r"(.*) of (.*) ml, .*", anomaly.apply(brain, drawn(anomaly, seed)).name)
        assert found is not None
        assert cause in ("any", found[1].replace(" ", "-"))
        assert volume in ("any", volume_of(float(found[2])))


def test_seeds_take_different_lesions(brain: Slice) -> None:
    names = {RealLesion().apply(brain, drawn(RealLesion(), seed)).name for seed in range(12)}
    assert len(names) > 9


def test_strength_and_sign_change_no_choice(brain: Slice) -> None:
    weak, strong = RealLesion(strength=0.1), RealLesion(strength=0.5, sign="darker")
    assert replace(drawn(weak), strength=0.5, sign=-1, by_contrast=False) == drawn(strong)
    assert weak.apply(brain, drawn(weak)).name == strong.apply(brain, drawn(strong)).name


def test_parameters_replay_from_plain_values(brain: Slice) -> None:
    params = drawn(RealLesion(cause="chronic-stroke", volume="30", strength=0.4))
    again = Params(**asdict(params))
    first, second = (RealLesion().apply(brain, one) for one in (params, again))
    assert first.name == second.name and first.name.startswith("chronic stroke")
    assert torch.equal(first.image, second.image) and torch.equal(first.mask, second.mask)


def test_a_slice_shows_more_than_the_tip_of_a_lesion(brain: Slice) -> None:
    assert brain.atlas is not None
    area = pixel_area(brain.atlas)
    assert area == pytest.approx((190 / 96) ** 2, rel=1e-4)
    for seed in range(20):
        anomaly = RealLesion()
        region = anomaly.region(brain, drawn(anomaly, seed))
        (shape,) = (s for i in range(1604) if str(s := lesion_shapes()[i]) == region.name)
        assert area * float(region.weight.sum()) >= 0.25 * shape.largest_section
        assert int((region.weight >= 0.5).sum()) >= FEWEST


def test_a_slice_in_which_none_is_seen_is_refused_with_what_there_is(brain: Slice) -> None:
    assert brain.atlas is not None
    top = brain.atlas.clone()
    top[2] = 60
    anomaly = RealLesion(cause="multiple-sclerosis", volume="1")
    with pytest.raises(
        DoesNotFit, match=r"no lesion of cause multiple-sclerosis and volume 1 is to be seen in disc"
    ):
        anomaly.apply(replace(brain, atlas=top), drawn(anomaly))
    top[2] = 500
    with pytest.raises(DoesNotFit, match="other volumes of this cause at its height: none; choose another"):
        anomaly.apply(replace(brain, atlas=top), drawn(anomaly))


def test_a_volume_that_there_is_not_is_refused_at_once() -> None:
    rule = "volume must be one of 0.3, 1, 3, 10, 30 for cause multiple-sclerosis, got 100"
    with pytest.raises(ValueError, match=rule):
        RealLesion(cause="multiple-sclerosis", volume="100")


@pytest.mark.parametrize(
    "given", [{"size": 0.3}, {"x": 0.5, "y": 0.5}, {"shape": "square"}, {"painted": "AAAIAf8"}]
)
def test_place_and_outline_cannot_be_chosen(given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="is given by the real lesion"):
        RealLesion(**given)
    offered = [s.name for s in settings_of(RealLesion)]
    assert offered == ["strength", "cause", "volume", "sign"]


def test_it_is_registered() -> None:
    assert ANOMALIES["real-lesion"] is RealLesion
