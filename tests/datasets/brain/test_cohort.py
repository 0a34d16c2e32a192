"""The synthetic cohort: subjects are deformed as wholes, contrasts order the tissues, seeds replay."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
import torch
from scipy import ndimage
from torch import Tensor

from explorer.datasets import dataset_names, load_dataset
from explorer.datasets.brain.anatomy import (
    CENTRE_MM,
    SIZE,
    SLICES,
    SPACING,
    SUBJECTS,
    Anatomy,
    deform_slice,
    draw_deformation,
    sample,
    sections,
    slice_coordinates,
    spline,
    template_anatomy,
    tissues_at,
    widen_sulci,
)
from explorer.datasets.brain.cohort import BrainCohort
from explorer.datasets.brain.contrast import draw_acquisitions
from explorer.datasets.brain.rendering import blur, render
from explorer.datasets.brain.template import make_anatomy
from explorer.datasets.brain.variation import COHORT, CONTRASTS
from explorer.randomness import stream

FLAIR = BrainCohort("flair")


def correlation(a: Tensor, b: Tensor) -> float:
    return float(torch.corrcoef(torch.stack([a.flatten(), b.flatten()]))[0, 1])


def subject(seed: int, index: int) -> Tensor:
    return deform_slice(template_anatomy(), draw_deformation(seed, COHORT), index)


def blocks() -> Anatomy:
    """A small random anatomy, 2 mm voxels, around the origin of MNI space."""
    raw = np.random.default_rng(0).random((3, 40, 44, 36)).astype(np.float32)
    tissues = ndimage.gaussian_filter(raw, (0, 2, 2, 2))
    return make_anatomy(tissues / tissues.sum(0), np.array([-40.0, -60.0, -40.0]), 2.0, "blocks")


@pytest.mark.parametrize("contrast", CONTRASTS)
def test_a_slice_is_the_same_each_time(contrast: str) -> None:
    first, second = (BrainCohort(contrast).slice("test", 3, 28) for _ in range(2))
    assert torch.equal(first.image, second.image)
    assert torch.equal(first.foreground, second.foreground)
    assert first.name == second.name == "test subject 3, slice 28"


def test_no_subject_is_in_two_splits() -> None:
    seeds = [set(range(first, first + count)) for first, count in SUBJECTS.values()]
    assert len(set.union(*seeds)) == sum(len(part) for part in seeds)


def test_splits_and_subjects_differ() -> None:
    pictures = [FLAIR.slice(split, number, 28).image for split in SUBJECTS for number in (0, 1)]
    pairs = [(a, b) for i, a in enumerate(pictures) for b in pictures[:i]]
    assert max(correlation(a, b) for a, b in pairs) < 0.97


@pytest.mark.parametrize("index", [0, 28, SLICES - 1])
@pytest.mark.parametrize("contrast", CONTRASTS)
def test_images_and_foregrounds_are_sane(contrast: str, index: int) -> None:
    found = BrainCohort(contrast).slice("test", 1, index)
    assert found.image.shape == found.foreground.shape == (SIZE, SIZE)
    assert (found.image.dtype, found.foreground.dtype) == (torch.float32, torch.bool)
    assert 0 <= float(found.image.min()) <= float(found.image.max()) < 1
    assert not found.image[~found.foreground].any()
    assert 0.08 < float(found.foreground.float().mean()) < 0.5
    assert found.spacing == (SPACING, SPACING)
    edge = torch.cat([found.image[0], found.image[-1], found.image[:, 0], found.image[:, -1]])
    assert float(edge.max()) == 0
    assert 0.2 < float(found.image[found.foreground].mean()) < 0.7


def tissue_means(contrast: str) -> Mapping[str, float]:
    """Mean intensity where a subject is nearly pure grey matter, white matter or fluid."""
    image = BrainCohort(contrast).slice("test", 0, 28).image
    tissues = subject(SUBJECTS["test"][0], 28)
    names = ("grey", "white", "fluid")
    return {name: float(image[part > 0.9].mean()) for name, part in zip(names, tissues, strict=True)}


@pytest.mark.parametrize(
    ("contrast", "order"),
    [
        ("flair", ["fluid", "white", "grey"]),
        ("t1", ["fluid", "grey", "white"]),
        ("t2", ["white", "grey", "fluid"]),
    ],
)
def test_contrasts_order_the_tissues(contrast: str, order: list[str]) -> None:
    means = tissue_means(contrast)
    assert sorted(means, key=means.__getitem__) == order
    assert means[order[2]] - means[order[0]] > 0.2


def test_tissues_are_fractions() -> None:
    tissues = subject(5, 28)
    assert float(tissues.min()) >= 0
    assert float(tissues.sum(0).max()) <= 1 + 1e-5


def test_neighbouring_slices_belong_to_one_brain() -> None:
    here = subject(1, 30)
    for part in range(3):
        assert (
            correlation(here[part], subject(1, 31)[part])
            > correlation(here[part], subject(2, 30)[part]) + 0.1
        )


@pytest.mark.parametrize("index", [5, 33])
def test_a_slice_is_a_section_of_the_deformed_volume(index: int) -> None:
    """Against the whole head deformed at once, sampled by scipy in float64, and cut at the slice's height."""
    anatomy, deformation = blocks(), draw_deformation(9, COHORT)
    x, y, _ = slice_coordinates(index)
    heights = torch.cat([slice_coordinates(i)[2] for i in (index - 1, index, index + 1)])
    points = torch.stack(torch.meshgrid(x, y, heights, indexing="ij")).double()
    moved = torch.einsum("ij,jxyz->ixyz", deformation.affine.double(), points)
    moved += deformation.shift.double()[:, None, None, None]
    moved += (spline(deformation.coarse, x, y, heights) + spline(deformation.fine, x, y, heights)).double()
    inwards = by_scipy(anatomy.widening, moved, anatomy.origin, 2 * anatomy.spacing)
    volume = by_scipy(
        anatomy.tissues, moved + deformation.widening * inwards, anatomy.origin, anatomy.spacing
    )
    raw = volume[..., 1].transpose(1, 2).float()
    expected = widen_sulci(raw[None], torch.tensor([deformation.sulci]))[0]
    torch.testing.assert_close(deform_slice(anatomy, deformation, index), expected, atol=2e-3, rtol=0)


def by_scipy(volume: Tensor, points: Tensor, origin: Tensor, spacing: float) -> Tensor:
    places = ((points - origin.double().view(3, *[1] * (points.ndim - 1))) / spacing).numpy()
    found = [
        ndimage.map_coordinates(part.double().numpy(), places, order=1, mode="grid-constant")
        for part in volume
    ]
    return torch.from_numpy(np.stack(found))


def test_samples_are_trilinear_and_zero_outside() -> None:
    generator = torch.Generator().manual_seed(0)
    volume = torch.rand(2, 7, 6, 5, generator=generator)
    origin, spacing = torch.tensor([-3.0, 2.0, 1.0]), 1.5
    points = origin[:, None] + 14 * torch.rand(3, 500, generator=generator) - 2.5
    found = sample(volume, points, origin, spacing)
    torch.testing.assert_close(
        found, by_scipy(volume, points.double(), origin, spacing).float(), atol=1e-5, rtol=0
    )
    assert float(sample(volume, origin[:, None] - 2 * spacing, origin, spacing).abs().max()) == 0


@pytest.mark.parametrize("knots", [5, 9, 17])
def test_constant_knots_make_a_constant_spline(knots: int) -> None:
    """Weights sum to one wherever there is a knot beyond the next one; outside the spline fades to zero."""
    reach = torch.linspace(-1, 1, 23) * (120 - 240 / (knots - 1))
    x, y, z = reach + CENTRE_MM[0], reach + CENTRE_MM[1], reach + 10
    found = spline(torch.full((1, knots, knots, knots), 2.5), x, y, z)
    torch.testing.assert_close(found, torch.full_like(found, 2.5))


def test_sections_are_planes_of_the_spline() -> None:
    knots = torch.randn(4, 3, 5, 6, 7, generator=stream(0))
    x, y, _ = slice_coordinates(0)
    heights = torch.tensor([-30.0, 0.0, 21.5, 60.0])
    for found, own, height in zip(sections(knots, x, y, heights), knots, heights, strict=True):
        expected = spline(own, x, y, height[None])[..., 0].transpose(1, 2)
        torch.testing.assert_close(found, expected, atol=1e-5, rtol=0)


def test_the_displacement_covers_every_brain() -> None:
    """The coarse knots, 30 mm apart, hold their full weight at all places that a slice can show brain."""
    x, y, z = slice_coordinates(0)[0], slice_coordinates(0)[1], torch.tensor([-35.0, 68.0])
    weight = spline(torch.ones(1, 9, 10, 9), x, y, z)[0].amin(-1).T
    shown = torch.stack([subject(seed, 14).sum(0) > 0.5 for seed in range(6)]).any(0)
    assert float(weight[shown].min()) > 0.99


def test_a_spline_keeps_straight_lines() -> None:
    knots = torch.linspace(-120, 120, 9).view(1, 9, 1, 1).expand(1, 9, 10, 9)
    x = torch.linspace(-90, 90, 31)
    centre = torch.zeros(1)
    torch.testing.assert_close(spline(knots, x, centre, centre)[0, :, 0, 0], x, atol=1e-3, rtol=0)


@pytest.mark.parametrize("sigma", [0.0, 0.3, 0.65])
def test_blur_keeps_constants_and_sums(sigma: float) -> None:
    width = torch.tensor([sigma])
    torch.testing.assert_close(blur(torch.full((2, 8, 9), 0.4), width), torch.full((2, 8, 9), 0.4))
    point = torch.zeros(1, 9, 9)
    point[0, 4, 4] = 1.0
    spread = blur(point, width)[0]
    assert float(spread.sum()) == pytest.approx(1)
    assert float((spread * (torch.arange(9.0) - 4) ** 2).sum()) <= sigma**2 + 1e-6
    assert torch.equal(spread, spread.T) or torch.allclose(spread, spread.T)


def test_noise_differs_between_slices_and_not_between_runs() -> None:
    tissues = torch.zeros(3, SIZE, SIZE)
    tissues[0, 30:90, 30:90] = 1.0
    scan = draw_acquisitions(["flair"], lambda purpose: stream(1, purpose), COHORT)
    first, same, other = (
        render(tissues[None], scan, torch.tensor([7]), stream(seed))[0][0] for seed in (1, 1, 2)
    )
    assert torch.equal(first, same)
    spread = float((first - other)[40:80, 40:80].std()) / 2**0.5
    assert spread == pytest.approx(float(scan.noise), rel=0.1)


def test_cohorts_are_nested_and_each_subject_once() -> None:
    large = list(FLAIR.cohort("test", 50, seed=3))
    assert list(FLAIR.cohort("test", 20, seed=3)) == large[:20]
    assert list(FLAIR.cohort("test", 50, seed=4)) != large
    assert len({place[0] for place in large}) == 50
    assert FLAIR.held_out_cohort(5, seed=0) == ()


def test_the_three_contrasts_are_listed() -> None:
    assert {f"brain/{contrast}" for contrast in CONTRASTS} <= set(dataset_names())
    found = load_dataset("brain/t1")
    assert isinstance(found, BrainCohort) and (found.name, found.option) == ("brain/t1", "t1")


@pytest.mark.parametrize(
    ("coordinates", "message"),
    [
        ((0, SLICES), r"slice must be in \[0, 59\], got 60"),
        ((-1, 0), r"subject must be in \[0, 199\], got -1"),
        ((0,), r"coordinates of split 'test' must be \(subject, slice\), got \(0,\)"),
    ],
)
def test_places_outside_are_refused(coordinates: tuple[int, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        FLAIR.slice("test", *coordinates)


@pytest.mark.parametrize("count", [0, -1, 201])
def test_cohorts_of_impossible_size_are_refused(count: int) -> None:
    with pytest.raises(
        ValueError, match=rf"slices of a cohort must be in \[1, 200\] for brain/flair, got {count}"
    ):
        FLAIR.cohort("test", count, seed=0)


def test_unknown_splits_and_contrasts_are_answered_with_the_known() -> None:
    with pytest.raises(ValueError, match="split must be one of train, calibration, test; got 'all'"):
        FLAIR.slice("all", 0, 0)
    with pytest.raises(ValueError, match="unknown dataset 'brain/pd'; known: .*brain/flair"):
        load_dataset("brain/pd")


def test_the_atlas_says_where_in_the_template_each_pixel_lies() -> None:
    """The tissue at those coordinates is the tissue that the slice was rendered from."""
    found = FLAIR.slice("test", 7, 30)
    assert found.atlas is not None and found.contrast == "flair"
    seed = 3_000_007
    template = template_anatomy()
    odds = torch.tensor([template.sulci * draw_deformation(seed, COHORT).sulci])
    expected = widen_sulci(tissues_at(template, found.atlas)[None], odds)[0]
    torch.testing.assert_close(expected, subject(seed, 30), rtol=0, atol=0)
    middle = found.atlas[:, 64, 64]
    assert float((middle - torch.tensor([0.0, -18.0, -35 + 30 * 1.75])).norm()) < 25
