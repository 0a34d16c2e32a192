"""The example lies where it says, and its lesions where its mask says."""

from __future__ import annotations

from functools import cache

import numpy as np

from explorer.datasets import load_dataset
from explorer.datasets.brain.anatomy import SLICES
from explorer.scans.reading.example import LESIONS, SUBJECT, example
from explorer.scans.reading.files import ScanFile
from explorer.scans.reading.loading import load_mask, load_scan
from tests.support.phantoms import axis_codes


@cache
def files() -> tuple[ScanFile, ScanFile, ScanFile]:
    return example(load_dataset("brain/flair"))


def test_it_is_the_subject_upright_with_the_lesions_brighter() -> None:
    scan = load_scan(files()[0])
    mask = load_mask(files()[1], scan)
    assert scan.affine is not None and axis_codes(scan.affine) == ("R", "A", "S") and scan.oriented
    dataset = load_dataset("brain/flair")
    assert not mask[:, :, 10].any() and mask[:, :, 31].any()
    for index in (10, 31):
        image = dataset.slice("test", SUBJECT, index).image.numpy()
        shown, marked = scan.data[:, :, index].T[::-1] / 1000, mask[:, :, index].T[::-1]
        far = ~marked & (np.abs(shown - image) <= 1e-3)
        assert far.sum() > 0.97 * (~marked).sum()
        assert np.count_nonzero(shown[marked] > image[marked] + 0.05) >= 0.9 * np.count_nonzero(marked)
    assert scan.data.shape[2] == SLICES


def test_its_brain_is_all_that_is_bright() -> None:
    scan = load_scan(files()[0])
    brain = load_mask(files()[2], scan)
    bright = scan.data > 0.6 * np.median(scan.data[brain])
    assert bright[~brain].sum() < 0.05 * bright[brain].sum()
    assert bright[brain].mean() > 0.8


def test_the_mask_holds_each_lesion_at_its_place_and_size() -> None:
    scan = load_scan(files()[0])
    mask = load_mask(files()[1], scan)
    assert scan.affine is not None
    points = np.argwhere(mask) @ scan.affine[:3, :3].T + scan.affine[:3, 3]
    (centre, radius), (other, _) = LESIONS
    own = points[np.linalg.norm(points - centre, axis=1) < np.linalg.norm(points - other, axis=1)]
    assert np.abs(own.mean(0) - centre).max() < 1.5
    expected = 4 / 3 * np.pi * radius**3 / np.prod(scan.spacing or ())
    assert 0.7 * expected < len(own) < 1.3 * expected
