"""Masks that do not fit their scan are refused with both names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from explorer.scans.placing.brain.search import find_brain
from explorer.scans.placing.preparing import prepare_volume
from explorer.scans.reading.files import ScanFile
from explorer.scans.reading.loading import load_mask, load_scan
from tests.security.making import npy, png
from tests.security.test_hostile_files import check_message
from tests.support.phantoms import head, head_file, nifti_bytes, ras_affine

AFFINE = ras_affine()
MASK = (head(AFFINE) > 150).astype(np.uint8)
SHIFTED, TURNED = AFFINE.copy(), AFFINE.copy()
SHIFTED[0, 3] += 0.5
TURNED[:3, :3] = AFFINE[:3, :3] @ np.array([[1, 0.01, 0], [-0.01, 1, 0], [0, 0, 1]])

WRONG: dict[str, Callable[[], bytes]] = {
    "cropped": lambda: nifti_bytes(MASK[1:], AFFINE),
    "transposed": lambda: nifti_bytes(MASK.transpose(1, 0, 2), AFFINE),
    "finer": lambda: nifti_bytes(MASK.repeat(2, 0), AFFINE),
    "shifted": lambda: nifti_bytes(MASK, SHIFTED),
    "turned": lambda: nifti_bytes(MASK, TURNED),
    "mirrored": lambda: nifti_bytes(MASK, AFFINE @ np.diag([-1.0, 1, 1, 1])),
    "empty": lambda: nifti_bytes(MASK * 0, AFFINE),
    "below one half": lambda: nifti_bytes(MASK.astype(np.float32) * 0.4, AFFINE),
    "not numbers": lambda: nifti_bytes(MASK * np.float32("nan"), AFFINE),
    "series": lambda: nifti_bytes(np.stack([MASK] * 3, -1), AFFINE),
    "cut off": lambda: nifti_bytes(MASK, AFFINE)[:-100],
    "no image": lambda: b"mask",
}


@pytest.mark.parametrize("problem", WRONG)
def test_a_mask_that_does_not_fit(problem: str) -> None:
    with pytest.raises(ValueError) as caught:
        load_mask(ScanFile("mask.nii", WRONG[problem]()), load_scan(head_file()))
    check_message(caught.value, "mask.nii")


@pytest.mark.parametrize(
    ("name", "content"),
    [("mask.png", lambda: png()), ("mask.npy", lambda: npy(np.eye(9)))],
    ids=["png", "npy"],
)
def test_a_mask_of_another_kind(name: str, content: Any) -> None:
    with pytest.raises(ValueError, match=r"has the shape .* while scan.nii has .*; resample the mask"):
        load_mask(ScanFile(name, content()), load_scan(head_file()))


def test_a_brain_mask_outside_the_field_of_view() -> None:
    far = np.zeros(MASK.shape, bool)
    far[:4, :4, :4] = True
    scan = load_scan(head_file())
    with pytest.raises(ValueError, match="has a median of 0 in the brain"):
        prepare_volume(scan, find_brain(scan, given=far))


def test_a_mask_that_fits() -> None:
    file = ScanFile("mask.nii", nifti_bytes(MASK, AFFINE))
    assert np.array_equal(load_mask(file, load_scan(head_file())), MASK > 0)
    full = ScanFile("mask.npy", npy(np.ones(MASK.shape, np.float32)))
    with pytest.raises(ValueError, match="holds the same value everywhere"):
        load_mask(full, load_scan(head_file()))
