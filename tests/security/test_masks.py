"""Masks that do not fit their scan are refused with both names."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from explorer.scans.placing.brain.search import find_brain
from explorer.scans.placing.preparing import prepare_volume
from explorer.scans.reading.files import ScanFile
from explorer.scans.reading.loading import load_brain, load_mask, load_scan
from tests.security.making import npy, png
from tests.security.test_hostile_files import check_message
from tests.support.phantoms import head, head_file, nifti_bytes, ras_affine, scan_file

AFFINE = ras_affine()
MASK = (head(AFFINE) > 150).astype(np.uint8)
SCAN = load_scan(head_file())
SHIFTED, TURNED = AFFINE.copy(), AFFINE.copy()
SHIFTED[0, 3] += 0.5 * AFFINE[0, 0]
TURNED[:3, :3] = AFFINE[:3, :3] @ np.array([[1, 0.01, 0], [-0.01, 1, 0], [0, 0, 1]])

WRONG: dict[str, Callable[[], bytes]] = {
    "cropped": lambda: nifti_bytes(MASK[1:], AFFINE),
    "transposed": lambda: nifti_bytes(MASK.transpose(1, 0, 2), AFFINE),
    "finer": lambda: nifti_bytes(MASK.repeat(2, 0), AFFINE),
    "shifted": lambda: nifti_bytes(MASK, SHIFTED),
    "turned": lambda: nifti_bytes(MASK, TURNED),
    "mirrored": lambda: nifti_bytes(MASK, AFFINE @ np.diag([-1.0, 1, 1, 1])),
    "negative": lambda: nifti_bytes(-MASK.astype(np.int8), AFFINE),
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


@pytest.mark.parametrize("value", [0, 1])
@pytest.mark.parametrize("kind", ["nii", "npy"])
def test_a_mask_may_mark_nothing_or_everything(value: int, kind: str) -> None:
    scan, values = load_scan(head_file()), np.full(MASK.shape, value, np.uint8)
    content = nifti_bytes(values, AFFINE) if kind == "nii" else npy(values)
    found = load_mask(ScanFile(f"mask.{kind}", content), scan)
    assert found.shape == scan.data.shape and found.all() == found.any() == bool(value)
    with pytest.raises(ValueError, match="holds the same value everywhere"):
        load_scan(ScanFile(f"mask.{kind}", content))


def test_a_brain_mask_must_mark_something_and_a_picture_takes_none() -> None:
    nothing = ScanFile("brain.nii", nifti_bytes(MASK * 0, AFFINE))
    with pytest.raises(ValueError, match="^brain.nii marks no brain: it is all zeros; bring another"):
        load_brain(nothing, load_scan(head_file()))
    with pytest.raises(ValueError, match="^a.png is a picture, of which all is scored; leave the brain mask"):
        load_brain(ScanFile("mask.png", png()), load_scan(ScanFile("a.png", png())))


def test_a_brain_mask_of_the_whole_scan_is_doubted_or_told_from_a_scan_that_cannot_be_scaled() -> None:
    whole = np.ones(MASK.shape, bool)
    scan = load_scan(scan_file(nifti_bytes(100 + 50 * MASK.astype(np.float32), AFFINE)))
    prepared = prepare_volume(scan, find_brain(scan, given=whole))
    assert "The brain mask marks the whole scan, background and all." in prepared.warnings
    empty = load_scan(head_file())
    with pytest.raises(ValueError, match="has a median of 0 in the brain.*a brain mask without background"):
        prepare_volume(empty, find_brain(empty, given=whole))


@given(
    axis=st.integers(0, 2),
    share=st.floats(0.0, 1.0),
    turned=st.booleans(),
    sign=st.sampled_from([-1.0, 1.0]),
)
@settings(max_examples=60, deadline=None)
def test_a_mask_may_lie_off_by_a_hundredth_of_a_voxel_at_the_far_corner(
    axis: int, share: float, turned: bool, sign: float
) -> None:
    """Moved as a whole, or the more the farther from the first voxel."""
    assume(abs(share - 0.01) > 1e-4)
    affine, step = AFFINE.copy(), sign * share * AFFINE[axis, axis]
    if turned:
        along = (axis + 1) % 3
        affine[axis, along] += step / (MASK.shape[along] - 1)
    else:
        affine[axis, 3] += step
    file = ScanFile("mask.nii", nifti_bytes(MASK, affine, qform_code=0))
    if share < 0.01:
        assert load_mask(file, SCAN).sum() == MASK.sum()
        return
    with pytest.raises(ValueError) as caught:
        load_mask(file, SCAN)
    told = r"lies up to (\S+) mm off the voxels of scan.nii, (\S+) of a voxel"
    apart, voxels = map(float, re.findall(told, str(caught.value))[0])
    assert apart == pytest.approx(abs(step), rel=0.01) and voxels == pytest.approx(share, rel=0.06)
