"""Real brains: whose they are, where they lie, what is marked and what counts; no head is among them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from explorer.anomalies import ANOMALIES, plant
from explorer.cards import models_for
from explorer.contracts import Slice
from explorer.datasets import DATASETS, load_dataset, reference_of
from explorer.datasets.brain.anatomy import slice_coordinates, template_anatomy, tissues_at
from explorer.datasets.brain.real_anatomies import HELD_OUT_IXI, label_files
from explorer.datasets.real import files
from explorer.datasets.real.files import ABOUT, FILE, read_subjects
from explorer.evaluation.members import untouched_members

CONTRASTS = ("flair", "t1", "t2")
MS = tuple(f"MS patient {k}" for k in (1, 2, 3))
STROKE = "stroke patient"
PEOPLE = {
    "flair": (*MS, "healthy FLAIR", STROKE),
    "t1": (*MS, *HELD_OUT_IXI, STROKE),
    "t2": (*MS, STROKE),
}
LARGEST = 6_000_000
"""Bytes of the file."""

contrasts = pytest.mark.parametrize("contrast", CONTRASTS)


def slices(contrast: str, label: str) -> list[Slice]:
    """All slices of a subject."""
    dataset = load_dataset(f"real/{contrast}")
    subjects, heights = dataset.axes("test")
    return [dataset.slice("test", subjects.labels.index(label), i) for i in range(heights.size)]


def tissues_of(found: Slice) -> Tensor:
    """The template's tissue maps at the places that a slice's atlas names, (3, 128, 128)."""
    assert found.atlas is not None
    return tissues_at(template_anatomy(), found.atlas)


# who and what


@contrasts
def test_each_contrast_lists_those_who_have_it(contrast: str) -> None:
    dataset = load_dataset(f"real/{contrast}")
    assert dataset.axes("test")[0].labels == PEOPLE[contrast]
    assert ("IXI" in dataset.note) == (contrast == "t1") and ("healthy FLAIR" in dataset.note) == (
        contrast == "flair"
    )
    assert "Lesjak et al. 2017, CC BY" in dataset.note and "no pixel of this brain counts" in dataset.note


def test_the_file_is_small_and_brings_its_licences() -> None:
    assert FILE.stat().st_size < LARGEST
    with np.load(FILE, allow_pickle=False) as file:
        about = str(file["about"])
    assert about == ABOUT.read_text(encoding="utf-8")
    for said in ("10.1007/s12021-017-9348-7", "CC BY-SA 3.0", "MIT License", "Apache License", *HELD_OUT_IXI):
        assert said in about


@contrasts
def test_nothing_lies_outside_the_brain(contrast: str) -> None:
    for subject in read_subjects(contrast):
        assert not subject.image[~subject.brain].any(), subject.label
        assert float((subject.image[subject.brain] > 0).float().mean()) > 0.93, subject.label
        assert subject.lesions is None or not bool((subject.lesions & ~subject.brain).any())


@contrasts
def test_brains_have_the_range_and_the_size_that_the_models_know(contrast: str) -> None:
    for subject in read_subjects(contrast):
        inside = subject.image[subject.brain].float() / 255
        assert float(inside.median()) == pytest.approx(0.45, abs=0.015), subject.label
        assert float(inside.max()) < 1
        ml = float(subject.brain.sum()) * 1.75**3 / 1000
        assert 1600 < ml < 1800, subject.label  # of the template's 1,876 those within the 60 slices
        assert 1.4 < subject.pixel_mm < 1.75


def test_the_contrasts_are_what_they_are_called() -> None:
    """Fluid is the darkest of the brain on FLAIR and T1 and the brightest on T2."""
    fluid = tissues_of(load_dataset("real/t2").slice("test", 0, 34))[2] > 0.9
    means = {}
    for contrast in CONTRASTS:
        found = load_dataset(f"real/{contrast}").slice("test", 1, 34)  # of wide ventricles
        means[contrast] = float(found.image[fluid & found.foreground].mean())
        assert found.contrast == contrast
    assert means["flair"] < 0.4 and means["t1"] < 0.4 and means["t2"] > 0.6


# where


def test_a_pixel_knows_its_place_in_the_atlas() -> None:
    found = load_dataset("real/t1").slice("test", 3, 20)
    x, y, z = slice_coordinates(20)
    assert found.atlas is not None and found.atlas.shape == (3, 128, 128)
    assert torch.equal(found.atlas[0, 5], x) and torch.equal(found.atlas[1, :, 7], y)
    assert bool((found.atlas[2] == z).all())


@contrasts
def test_brains_lie_on_the_template(contrast: str) -> None:
    """Overlap of each brain with the template's tissue, at the places that its atlas names."""
    for label in PEOPLE[contrast]:
        part = slices(contrast, label)[10:50]
        brain = torch.stack([found.foreground for found in part])
        template = torch.stack([tissues_of(found).sum(0) > 0.5 for found in part])
        dice = 2 * (brain & template).sum() / (brain.sum() + template.sum())
        assert float(dice) > 0.88, label


def test_lesions_of_the_patients_lie_in_their_white_matter() -> None:
    """On FLAIR they are brighter than the brain around them, and near the template's white matter."""
    for label in MS:
        part = [found for found in slices("flair", label) if found.known_mask.any()]
        lesions = torch.stack([found.known_mask for found in part])
        image = torch.stack([found.image for found in part])
        brain = torch.stack([found.foreground for found in part])
        white = torch.stack([tissues_of(found)[1] for found in part])
        assert not bool((lesions & ~brain).any())
        assert float(image[lesions].median()) > float(image[brain & ~lesions].quantile(0.8)), label
        assert float(white[lesions].mean()) > float(white[brain & ~lesions].mean()), label


@contrasts
def test_the_page_begins_where_the_patients_have_lesions(contrast: str) -> None:
    start = load_dataset(f"real/{contrast}").axes("test")[1].start
    assert all(slices(contrast, label)[start].known_mask.sum() > 20 for label in MS)


# what counts


@contrasts
def test_cohorts_tell_healthy_slices_from_marked_ones(contrast: str) -> None:
    dataset = load_dataset(f"real/{contrast}")
    healthy, marked = dataset.cohort("test", 40, 0), dataset.held_out_cohort(100, 0)
    for place in healthy:
        found = dataset.slice("test", *place)
        assert not found.known_mask.any() and not found.unmarked and found.foreground.any()
    assert all(dataset.slice("test", *place).known_mask.any() for place in marked)
    stroke = PEOPLE[contrast].index(STROKE)
    assert stroke not in {subject for subject, _ in (*healthy, *marked)}
    assert {subject for subject, _ in marked} == {0, 1, 2}


@contrasts
def test_an_unmarked_patient_counts_in_no_figure(contrast: str) -> None:
    dataset = load_dataset(f"real/{contrast}")
    place = (PEOPLE[contrast].index(STROKE), 34)
    found = dataset.slice("test", *place)
    assert found.unmarked and found.mask is None and found.foreground.any() and not found.counted.any()
    case = plant(dataset, "test", place, ANOMALIES["lesion"](x=0.5, y=0.5), seed=0)
    assert case.mask.any() and not case.source.counted.any()
    (member,) = untouched_members(dataset, [place], anomalous=False)
    assert not member.source.counted.any()
    (counted,) = untouched_members(dataset, [(0, 34)], anomalous=False)
    assert counted.source.counted.any() and counted.anomalous


def test_what_is_planted_into_a_patient_joins_the_lesions() -> None:
    dataset = load_dataset("real/flair")
    own = dataset.slice("test", 2, 34).known_mask
    scanned = plant(dataset, "test", (2, 34), ANOMALIES["as-scanned"](), seed=0)
    planted = plant(dataset, "test", (2, 34), ANOMALIES["lesion"](x=0.5, y=0.3), seed=0)
    assert torch.equal(scanned.mask, own) and torch.equal(scanned.image, scanned.source.image)
    assert bool((planted.mask & own).sum() == own.sum()) and int(planted.mask.sum()) > int(own.sum())


# training, models


@pytest.mark.parametrize("split", ["train", "calibration"])
def test_nobody_trains_or_calibrates_on_it(split: str, tmp_path: Path) -> None:
    dataset = load_dataset("real/t1")
    for ask in (dataset.axes, lambda s: dataset.slice(s, 0, 0), lambda s: dataset.cohort(s, 8, 0)):
        with pytest.raises(
            ValueError, match=f"no split '{split}': its images are for testing, never for train"
        ):
            ask(split)
    with pytest.raises(ValueError, match="never for training"):
        DATASETS["real"].batches(None, output=tmp_path, given=None, progress=lambda done, total: None)


def test_no_anatomy_of_the_training_is_in_it(tmp_path: Path) -> None:
    (tmp_path / "ixi_t1").mkdir()
    for name in (*HELD_OUT_IXI, "IXI132"):
        (tmp_path / "ixi_t1" / f"{name}_dseg.nii.gz").touch()
    trained = {path.name.partition("_")[0] for path in label_files(tmp_path)}
    assert trained == {"IXI132"} and not trained & set(PEOPLE["t1"])


@contrasts
def test_its_models_and_healthy_scores_are_those_of_the_synthetic_brains(contrast: str) -> None:
    assert reference_of(f"real/{contrast}") == f"brain/{contrast}"
    assert models_for(f"real/{contrast}") == models_for(f"brain/{contrast}") != ()


# a file that is none


def test_a_damaged_file_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "real_images.npz"
    monkeypatch.setattr(files, "FILE", broken)
    lacking = tmp_path / "lacking.npz"
    np.savez(lacking, allow_pickle=False, subjects=np.array(["x"]), **{"x/flair": np.zeros(3, np.uint8)})
    short = tmp_path / "short.npz"
    parts = {"x/flair": np.zeros(3, np.uint8), "x/brain": np.zeros(5, np.uint8), "x/pixel_mm": np.array(1.0)}
    np.savez(short, allow_pickle=False, subjects=np.array(["x"]), healthy=np.array([]), **parts)
    others = (FILE.read_bytes()[:200_000], lacking.read_bytes(), short.read_bytes())
    for content in (None, b"", b"not an archive", *others):
        if content is not None:
            broken.write_bytes(content)
        with pytest.raises(
            ValueError, match="real images real_images.npz are missing or damaged; take the file"
        ):
            read_subjects.__wrapped__("flair")
