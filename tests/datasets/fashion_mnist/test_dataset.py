"""Fashion-MNIST: the published files where they are installed, small forged ones, and the carried sample."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
import torch

from explorer.contracts import Dataset
from explorer.datasets import DATASETS, load_dataset
from explorer.datasets.fashion_mnist.dataset import CLASSES, FashionMnist, silhouette
from explorer.datasets.fashion_mnist.files import DEBIAN, SAMPLE, TEST_FILES, TRAIN_FILES
from tests.support.fashion_mnist import forge

needs_debian = pytest.mark.skipif(
    not all((DEBIAN / name).is_file() for name in TRAIN_FILES + TEST_FILES),
    reason="the Debian package dataset-fashion-mnist is not installed",
)


@pytest.fixture(scope="module")
def published() -> FashionMnist:
    """The dataset with the files of the Debian package."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("EXPLORER_DATA", raising=False)
        dataset = FashionMnist()
        dataset.axes("test")
        dataset.axes("train")
    return dataset


def check_contract(dataset: Dataset, split: str) -> None:
    """Check slices, cohorts and limits of one split."""
    axes = dataset.axes(split)
    cohort = dataset.cohort(split, 12, seed=3)
    assert len(set(cohort)) == 12
    assert cohort[:5] == dataset.cohort(split, 5, seed=3)
    assert cohort != dataset.cohort(split, 12, seed=4)
    names = set()
    for coordinates in cohort:
        assert all(0 <= value < axis.size for value, axis in zip(coordinates, axes, strict=True))
        found = dataset.slice(split, *coordinates)
        names.add(found.name)
        assert found.image.shape == found.foreground.shape == dataset.image_size
        assert found.image.dtype == torch.float32
        assert 0 <= found.image.min() < found.image.max() <= 1
        assert found.foreground.dtype == torch.bool
        assert found.foreground.sum() > 40
        assert found.mask is None
        assert torch.equal(found.image, dataset.slice(split, *coordinates).image)
    assert len(names) == 12
    outside = (*(0 for _ in axes[1:]), axes[-1].size)
    with pytest.raises(
        ValueError, match=rf"index must be in \[0, {axes[-1].size - 1}\], got {axes[-1].size}"
    ):
        dataset.slice(split, *outside)


@needs_debian
@pytest.mark.parametrize("split", ["train", "calibration", "test"])
def test_contract_with_the_published_files(published: FashionMnist, split: str) -> None:
    check_contract(published, split)


def test_contract_with_the_sample(bare: Path) -> None:
    check_contract(FashionMnist(), "test")


@needs_debian
def test_sizes_of_the_published_splits(published: FashionMnist) -> None:
    assert [axis.size for axis in published.axes("test")] == [10, 1000]
    assert [axis.size for axis in published.axes("train")] == [49_000]
    assert [axis.size for axis in published.axes("calibration")] == [5_000]


@needs_debian
def test_no_calibration_image_was_trained_on(published: FashionMnist) -> None:
    train, calibration = (
        {image.numpy().tobytes() for image in published.images(split)} for split in ("train", "calibration")
    )
    assert not train & calibration


@needs_debian
def test_the_sample_is_the_first_hundred_of_each_class(published: FashionMnist, bare: Path) -> None:
    whole = published.images("test").view(10, 1000, 28, 28)[:, :100]
    assert torch.equal(FashionMnist().images("test").view(10, 100, 28, 28), whole)


@needs_debian
def test_published_slices_by_name(published: FashionMnist) -> None:
    found = published.slice("test", 9, 17)
    assert found.name == "test ankle boot 17"
    assert torch.equal(found.image, published.images("test")[9 * 1000 + 17, 0])


def test_the_sample_is_carried_with_its_licence(bare: Path) -> None:
    dataset = FashionMnist()
    assert [axis.size for axis in dataset.axes("test")] == [10, 100]
    assert "1,000 test images" in dataset.note
    with np.load(SAMPLE, allow_pickle=False) as sample:
        assert "Copyright (c) 2017 Zalando SE" in str(sample["licence"])
        assert np.bincount(sample["labels"]).tolist() == [100] * 10


def test_without_files_training_says_how_to_get_them(bare: Path) -> None:
    for split in ("train", "calibration"):
        with pytest.raises(ValueError, match="dataset-fashion-mnist.*EXPLORER_DATA.*download fashion-mnist"):
            FashionMnist().slice(split, 0)


def test_class_axis_names_the_held_out_class(bare: Path) -> None:
    labels = FashionMnist().axes("test")[0].labels
    assert labels == ("T-shirt/top (held out)", *CLASSES[1:])


def test_held_out_cohort_is_nested_and_of_class_zero(bare: Path) -> None:
    cohort = FashionMnist().held_out_cohort(100, seed=1)
    assert sorted(cohort) == [(0, index) for index in range(100)]
    assert FashionMnist().held_out_cohort(7, seed=1) == cohort[:7]


def test_the_largest_cohort_is_every_normal_image(bare: Path) -> None:
    cohort = FashionMnist().cohort("test", 900, seed=1)
    assert sorted(cohort) == [(k, index) for k in range(1, 10) for index in range(100)]


@pytest.mark.parametrize("count", [0, -1, 901])
def test_count_beyond_what_is_there(bare: Path, count: int) -> None:
    with pytest.raises(
        ValueError, match=rf"slices of a cohort must be in \[1, 900\] for split 'test', got {count}"
    ):
        FashionMnist().cohort("test", count, seed=0)


@pytest.mark.parametrize(
    ("coordinates", "message"),
    [
        ((10, 0), r"class must be in \[0, 9\], got 10"),
        ((-1, 0), r"class must be in \[0, 9\], got -1"),
        ((3, 100), r"index must be in \[0, 99\], got 100"),
        ((3,), r"coordinates of split 'test' must be \(class, index\), got \(3,\)"),
    ],
)
def test_coordinates_outside_are_named(bare: Path, coordinates: tuple[int, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        FashionMnist().slice("test", *coordinates)


def test_unknown_split(bare: Path) -> None:
    with pytest.raises(ValueError, match="split must be one of train, calibration, test; got 'tset'"):
        FashionMnist().axes("tset")


def test_split_rule(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    forge(bare, monkeypatch)
    dataset = FashionMnist()
    greys = {
        split: dataset.images(split)[:, 0, 0, 0].mul(255).round().int().tolist()
        for split in ("train", "calibration", "test")
    }
    assert greys["train"] == [*range(1, 10), *range(11, 20), *range(21, 25)]
    assert greys["calibration"] == [25, 26, 27, 28, 29]
    assert greys["test"] == [k + 10 * turn for k in range(10) for turn in range(3)]


@pytest.mark.parametrize("folder", ["data/fashion-mnist", "debian", "cache/explorer/fashion-mnist"])
def test_every_place_is_searched(
    bare: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    (tmp_path / folder).mkdir(parents=True, exist_ok=True)
    forge(tmp_path / folder, monkeypatch)
    dataset = FashionMnist()
    assert dataset.axes("test")[1].size == 3
    assert dataset.axes("train")[0].size == 22
    assert "come with the explorer" not in dataset.note


def test_files_that_arrive_later_serve_training(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset = FashionMnist()
    with pytest.raises(ValueError, match="not on this machine"):
        dataset.axes("train")
    forge(bare, monkeypatch)
    assert dataset.axes("train")[0].size == 22
    assert dataset.axes("test")[1].size == 100


@pytest.mark.parametrize("name", [*TEST_FILES, *TRAIN_FILES])
@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda content: gzip.compress(content)[:-12], "cannot be read"),
        (lambda content: b"no archive", "cannot be read"),
        (lambda content: gzip.compress(content[:-1]), "must hold [0-9]+ bytes unpacked, got"),
        (lambda content: gzip.compress(content[:6]), "must hold [0-9]+ bytes unpacked, got 6"),
        (lambda content: gzip.compress(b""), "magic 00 00 08, got nothing"),
        (lambda content: gzip.compress(b"\0\0\x0d" + content[3:]), "magic 00 00 08, got 00 00 0d"),
        (lambda content: gzip.compress(content[:-1] + b"\x07"), "must be the published file"),
    ],
)
def test_a_damaged_file_is_named_with_the_remedy(bare, monkeypatch, name, damage, reason) -> None:  # type: ignore[no-untyped-def]
    forge(bare, monkeypatch)
    path = bare / name
    path.write_bytes(damage(gzip.decompress(path.read_bytes())))
    split = "test" if name in TEST_FILES else "calibration"
    with pytest.raises(ValueError, match=f"{name}.* {reason}.*download fashion-mnist"):
        FashionMnist().axes(split)


def test_bytes_of_the_images_survive(bare: Path) -> None:
    with np.load(SAMPLE, allow_pickle=False) as sample:
        expected = torch.from_numpy(sample["images"]).unsqueeze(1)
    images = FashionMnist().images("test")
    assert images.dtype == torch.float32
    assert torch.equal(images.mul(255).round().to(torch.uint8), expected)


def test_slices_are_copies(bare: Path) -> None:
    dataset = FashionMnist()
    dataset.slice("test", 3, 4).image.fill_(0)
    dataset.images("test").fill_(0)
    assert dataset.slice("test", 3, 4).image.max() > 0.5


def test_silhouette_is_filled_up_to_the_border() -> None:
    ring = torch.zeros(28, 28)
    ring[0:12, 5:20] = 0.5
    ring[3:9, 8:17] = 0.0
    expected = torch.zeros(28, 28, dtype=torch.bool)
    expected[0:12, 5:20] = True
    assert torch.equal(silhouette(ring), expected)


def test_silhouette_holds_every_pixel_of_cloth(bare: Path) -> None:
    for image in FashionMnist().images("test")[::7, 0]:
        assert silhouette(image)[image > 0.02].all()


def test_the_family_takes_no_option(bare: Path) -> None:
    family = DATASETS["fashion-mnist"]
    assert family.options == ()
    assert family("").name == "fashion-mnist"
    with pytest.raises(ValueError, match="takes no option, got 'red'"):
        family("red")


def test_it_is_loaded_by_name() -> None:
    assert load_dataset("fashion-mnist") is load_dataset("fashion-mnist")
