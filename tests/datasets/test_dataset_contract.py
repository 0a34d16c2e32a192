"""What every dataset promises, and every source of datasets."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
import torch

from explorer.contracts import Batches, Dataset, Slice
from explorer.datasets import DATASETS, dataset_names, load_dataset
from explorer.datasets.base import SPLITS
from tests.support.smallest import smallest, wrong_settings

NAMES = dataset_names()
FAMILIES = DATASETS.names()


@pytest.fixture(params=list(product(NAMES, SPLITS)), ids="-".join)
def split(request: pytest.FixtureRequest) -> tuple[Dataset, str]:
    """A dataset and one of its splits; left out where its files are not on this machine."""
    name, which = request.param
    dataset = load_dataset(name)
    try:
        dataset.axes(which)
    except ValueError as error:
        pytest.skip(str(error))
    return dataset, which


@pytest.fixture(scope="module", autouse=True)
def nothing_remembered() -> None:
    """Tests before these may have loaded datasets on a machine that they made poorer."""
    load_dataset.cache_clear()


def anew(dataset: Dataset) -> Dataset:
    """The same dataset, with nothing remembered."""
    family, _, option = dataset.name.partition("/")
    return DATASETS[family](option)


def same(one: Slice, other: Slice) -> bool:
    masks = one.mask is None and other.mask is None or torch.equal(one.known_mask, other.known_mask)
    pictures = torch.equal(one.image, other.image) and torch.equal(one.foreground, other.foreground)
    return pictures and masks and (one.name, one.spacing) == (other.name, other.spacing)


@pytest.mark.parametrize("name", NAMES)
def test_it_is_loaded_by_its_name_and_tells_of_itself(name: str) -> None:
    dataset = load_dataset(name)
    assert dataset is load_dataset(name) and dataset.name == name
    assert len(dataset.note) > 20 and dataset.note.rstrip().endswith(".")
    assert min(dataset.image_size) >= 8


def test_axes_are_described(split: tuple[Dataset, str]) -> None:
    dataset, which = split
    axes = dataset.axes(which)
    assert axes == anew(dataset).axes(which)
    assert len({axis.name for axis in axes}) == len(axes) > 0
    assert "subject" not in [axis.name for axis in axes[1:]]  # by the first, slices belong together
    for axis in axes:
        assert axis.name and axis.help
        assert 0 <= axis.start < axis.size
        assert len(set(axis.labels)) == len(axis.labels) in (0, axis.size)


def test_slices_are_sane_and_replay_every_bit(split: tuple[Dataset, str]) -> None:
    dataset, which = split
    axes = dataset.axes(which)
    start = tuple(axis.start for axis in axes)
    last = tuple(axis.size - 1 for axis in axes)
    places, again = {start, last, *dataset.cohort(which, 4, seed=0)}, anew(dataset)
    assert dataset.slice(which, *start).foreground.any()
    for place in places:
        found = dataset.slice(which, *place)
        assert same(found, again.slice(which, *place))
        assert found.image.shape == found.foreground.shape == dataset.image_size
        assert (found.image.dtype, found.foreground.dtype) == (torch.float32, torch.bool)
        assert bool(found.image.isfinite().all())
        assert 0 <= float(found.image.min()) < float(found.image.max()) <= 1
        assert found.spacing is None or min(found.spacing) > 0
        mask = found.known_mask
        assert mask.shape == found.image.shape and mask.dtype == torch.bool
    assert len({dataset.slice(which, *place).name for place in places}) == len(places)


def test_a_slice_cannot_be_changed_for_others(split: tuple[Dataset, str]) -> None:
    dataset, which = split
    start = tuple(axis.start for axis in dataset.axes(which))
    dataset.slice(which, *start).image.fill_(0)
    assert float(dataset.slice(which, *start).image.max()) > 0


def test_places_outside_are_refused_by_the_name_of_their_axis(split: tuple[Dataset, str]) -> None:
    dataset, which = split
    axes = dataset.axes(which)
    for number, axis in enumerate(axes):
        for wrong in (-1, axis.size):
            place = [0] * len(axes)
            place[number] = wrong
            with pytest.raises(
                ValueError, match=rf"{axis.name} must be in \[0, {axis.size - 1}\], got {wrong}"
            ):
                dataset.slice(which, *place)
    with pytest.raises(ValueError, match="coordinates of split"):
        dataset.slice(which, *[0] * (len(axes) + 1))


def test_cohorts_are_nested_and_repeat_nothing(split: tuple[Dataset, str]) -> None:
    dataset, which = split
    cohort = list(dataset.cohort(which, 20, seed=3))
    assert len(set(cohort)) == 20
    assert list(dataset.cohort(which, 7, seed=3)) == cohort[:7]
    assert list(anew(dataset).cohort(which, 20, seed=3)) == cohort
    assert list(dataset.cohort(which, 20, seed=4)) != cohort
    axes = dataset.axes(which)
    assert all(0 <= value < axis.size for place in cohort for value, axis in zip(place, axes, strict=True))
    for wrong in (0, -1, 10**9):
        with pytest.raises(ValueError, match=rf"slices of a cohort must be in \[1, [0-9]+\] .*, got {wrong}"):
            dataset.cohort(which, wrong, seed=0)


@pytest.mark.parametrize("name", NAMES)
def test_what_was_held_out_is_in_no_healthy_cohort(name: str) -> None:
    dataset = load_dataset(name)
    held_out = list(dataset.held_out_cohort(8, seed=1))
    assert len(set(held_out)) == len(held_out) in (0, 8)
    assert list(dataset.held_out_cohort(3, seed=1)) == held_out[:3]
    assert not set(held_out) & set(dataset.cohort("test", 40, seed=1))
    assert all(dataset.slice("test", *place).foreground.any() for place in held_out)


@pytest.mark.parametrize("name", NAMES)
def test_an_unknown_split_is_answered_with_the_known(name: str) -> None:
    with pytest.raises(ValueError, match="split must be one of train, calibration, test; got 'tset'"):
        load_dataset(name).axes("tset")


@pytest.mark.parametrize("family", FAMILIES)
def test_options_are_described_and_others_refused(family: str) -> None:
    source = DATASETS[family]
    assert len(set(source.options)) == len(source.options)
    assert source.option_title[0].isupper() and source.option_help.endswith(".")
    with pytest.raises(ValueError, match=f"unknown dataset '{family}/none such'; known: .*{family}"):
        load_dataset(f"{family}/none such")


# training


@pytest.mark.parametrize("family", FAMILIES)
def test_settings_of_the_images_are_checked(family: str) -> None:
    settings = DATASETS[family].training_settings
    for wrong in wrong_settings(settings):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            smallest(settings, **wrong)


@pytest.fixture(params=FAMILIES)
def batches(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Batches]:
    """A source of training images, with as little as it can do with."""
    source = DATASETS[request.param]
    settings = smallest(source.training_settings)
    try:
        made = source.batches(settings, output=tmp_path, given=None, progress=lambda done, total: None)
    except ValueError as error:
        pytest.skip(str(error))
    return request.param, made


def test_training_images_follow_their_generator(batches: tuple[str, Batches]) -> None:
    before = torch.random.get_rng_state()
    first, second = (batches[1].batch(5, torch.Generator().manual_seed(3)) for _ in range(2))
    assert torch.equal(first.images, second.images)
    generator = torch.Generator().manual_seed(3)
    batches[1].batch(5, generator)
    assert not torch.equal(batches[1].batch(5, generator).images, first.images)
    assert torch.equal(before, torch.random.get_rng_state())


def test_training_images_are_like_the_slices(batches: tuple[str, Batches]) -> None:
    family, made = batches
    (name, *_) = (name for name in NAMES if name.partition("/")[0] == family)
    drawn = made.batch(6, torch.Generator().manual_seed(0))
    x = drawn.images
    assert len(drawn.conditions.contrast) == len(drawn.conditions.position) == 6
    assert x.shape == (6, 1, *load_dataset(name).image_size) and x.dtype == torch.float32
    assert bool(x.isfinite().all()) and 0 <= float(x.min()) < float(x.max()) <= 1
