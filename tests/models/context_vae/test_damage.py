"""Damage: what it leaves alone, how far it goes, and that it can be replayed."""

from __future__ import annotations

import dataclasses

import pytest
import torch
from torch import Tensor

from explorer.models.context_vae.damage import Damage, shifted
from explorer.models.context_vae.fields import coarse, patches
from explorer.randomness import stream

BLOBS = Damage(noisy=0.0)
NOISE = Damage(blobs=0, noisy=1.0)
LOUD = Damage(faintest=4.0, strongest=4.0, noise=4.0, noisy=1.0)


def heads(count: int = 24, size: int = 64) -> Tensor:
    """Discs of noise in [0.1, 0.9] on zero, (count, 1, size, size)."""
    along = torch.arange(size) - size / 2
    inside = torch.hypot(along[:, None], along[None, :]) < 0.4 * size
    return inside * (0.1 + 0.8 * torch.rand(count, 1, size, size, generator=stream(0, "heads")))


@pytest.mark.parametrize("damage", [Damage(), BLOBS, NOISE, LOUD])
def test_only_what_is_not_zero_changes_and_nothing_saturates(damage: Damage) -> None:
    x = heads()
    before = x.clone()
    found = damage(x, stream(1, "damage"))
    assert torch.equal(x, before)
    assert not bool(found[x == 0].any())
    assert bool((found[x > 0] > 0).all()) and bool((found < 1).all())
    assert float((found - x).abs().mean()) > 0.005


def test_strength_zero_gives_the_same_images() -> None:
    x = heads()
    assert torch.equal(dataclasses.replace(LOUD, strength=0.0)(x, stream(1, "damage")), x)


def test_the_same_draws_give_the_same_damage_whatever_the_neighbours_show() -> None:
    x, other = heads(), heads()
    other[:-1] = 0.0
    found = Damage()(x, stream(1, "damage"))
    assert torch.equal(Damage()(x, stream(1, "damage")), found)
    assert not torch.equal(Damage()(x, stream(2, "damage")), found)
    assert torch.equal(Damage()(other, stream(1, "damage"))[-1], found[-1])


def test_all_randomness_comes_from_the_generator() -> None:
    before = torch.random.get_rng_state()
    Damage()(heads(), stream(1, "damage"))
    assert torch.equal(before, torch.random.get_rng_state())


def test_no_images_are_no_work() -> None:
    assert Damage()(heads(0), stream(1, "damage")).shape == (0, 1, 64, 64)


def test_an_image_without_foreground_stays_as_it_is() -> None:
    x = torch.zeros(4, 1, 16, 16)
    assert torch.equal(LOUD(x, stream(1, "damage")), x)


def test_each_number_of_blobs_is_as_likely() -> None:
    x = torch.full((4000, 1, 8, 8), 0.5)
    one = dataclasses.replace(BLOBS, blobs=1, smallest=1.0, largest=1.0, faintest=0.5)
    changed = (one(x, stream(1, "damage")) != x).flatten(1).any(1)
    assert float(changed.float().mean()) == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize(("brighter", "sign"), [(1.0, 1), (0.0, -1)])
def test_blobs_go_to_one_side(brighter: float, sign: int) -> None:
    x = (heads() > 0) * 0.5
    change = dataclasses.replace(BLOBS, brighter=brighter)(x, stream(1, "damage")) - x
    assert bool((sign * change >= -1e-6).all()) and float(change.abs().max()) > 0.1


def test_levelled_blobs_lose_what_they_cover() -> None:
    x, plain = heads(), dataclasses.replace(BLOBS, faintest=0.0, strongest=0.0)
    kept = dataclasses.replace(plain, levelled=0.0)(x, stream(1, "damage"))
    torch.testing.assert_close(kept, x)
    levelled = dataclasses.replace(plain, levelled=1.0, level=1.0)(x, stream(1, "damage"))
    moved = levelled != x
    assert float(levelled[moved].std()) < 0.9 * float(x[moved].std())


def test_level_is_the_mean_of_the_foreground_alone() -> None:
    x = (heads() > 0) * 0.5
    flat = dataclasses.replace(BLOBS, faintest=0.0, strongest=0.0, levelled=1.0, level=1.0)
    torch.testing.assert_close(flat(x, stream(1, "damage")), x)


def test_noise_is_of_the_stated_size_in_the_stated_share_of_images() -> None:
    x = torch.full((2000, 1, 16, 16), 0.5)
    noise = dataclasses.replace(NOISE, noise=0.02, noisy=0.5)
    change = noise(x, stream(1, "damage")) - x
    touched = change.flatten(1).any(1)
    assert float(touched.float().mean()) == pytest.approx(0.5, abs=0.05)
    assert float(change.flatten(1).std(1).max()) == pytest.approx(0.02, rel=0.5)


def test_a_change_never_arrives_at_the_end_and_small_ones_are_as_they_are() -> None:
    x = torch.linspace(0.05, 0.95, 19)
    for change in (-100.0, -0.3, 0.3, 100.0):
        found = shifted(x, torch.tensor(change))
        assert bool(((found > 0) & (found < 1)).all())
        assert bool(((found - x).sign() == (1 if change > 0 else -1)).all())
        assert bool(((found - x).abs() < abs(change)).all())
    tiny = torch.tensor([1e-3, -1e-3])
    torch.testing.assert_close(shifted(torch.tensor([0.5, 0.5]), tiny) - 0.5, tiny, rtol=2e-3, atol=0)


def drawn(radius: float, count: int = 400, size: int = 64) -> Tensor:
    """Patches in the middle, (count, size, size)."""
    centres = torch.full((count, 2), size // 2)
    shape = torch.Size((count, 1, size, size))
    return patches(centres, torch.full((count,), radius), shape, stream(3, "patches"))[:, 0]


@pytest.mark.parametrize("radius", [0.5, 2.0, 8.0, 12.0])
def test_a_patch_is_about_as_large_as_asked_and_ends(radius: float) -> None:
    found = drawn(radius)
    assert bool(((found >= 0) & (found <= 1)).all())
    area = float(found.sum((1, 2)).mean())
    assert 0.5 < area / (torch.pi * radius**2) < 2
    far = torch.hypot(*torch.meshgrid(*[torch.arange(64) - 32.0] * 2, indexing="ij")) > 4 * radius + 4
    assert not bool(found[:, far].any())


def test_patches_are_irregular_and_sometimes_in_parts() -> None:
    from scipy import ndimage

    parts = torch.tensor([ndimage.label(one > 0.5)[1] for one in drawn(10.0, 100).numpy()])
    assert 0.2 < float((parts > 1).float().mean()) < 0.95


def test_coarse_noise_is_smooth_between_its_knots() -> None:
    field = coarse(torch.Size((500, 1, 128, 128)), stream(4, "coarse"))
    assert float(field.mean()) == pytest.approx(0, abs=0.05)
    assert 0.4 < float(field.var()) < 0.6  # 1 at the knots, 4/9 on average
    near = (field[..., 1:] - field[..., :-1]).square().mean() / (2 * field.var())
    assert float(near) < 0.05


@pytest.mark.parametrize(("low", "high"), [("smallest", "largest"), ("faintest", "strongest")])
def test_a_range_must_not_be_turned(low: str, high: str) -> None:
    with pytest.raises(ValueError, match=f"{low} must be at most {high}, got 0.7 and 0.6"):
        dataclasses.replace(Damage(), **{low: 0.7, high: 0.6})  # type: ignore[arg-type]


def test_it_says_which_anomalies_it_resembles() -> None:
    assert {"lesion", "uniform", "noise"} <= Damage().resembles.keys()
    assert "noise" not in BLOBS.resembles and set(NOISE.resembles) == {"noise"}
    assert not Damage(strength=0.0).resembles
