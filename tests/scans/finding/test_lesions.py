"""Lesions are counted as by hand, none is lost on the model's grid."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.scans.finding.lesions import Detection, detect
from explorer.scans.placing.placement import Placement

PLACEMENT = Placement(np.diag([2.0, 2.0, 2.0, 1.0]), (8, 12, 12), (4, 6, 6), 1.0, 2.0)
"""A pixel of the model is two voxels wide and lies on the even ones."""

VALUES = np.zeros((4, 6, 6), np.float32)
VALUES[1, 1, 1], VALUES[2, 4, 4], VALUES[3, 0, 5] = 5.0, 3.0, 7.0
INSIDE = np.ones(VALUES.shape, bool)


def mask(*voxels: tuple[int, int, int]) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    found = np.zeros(PLACEMENT.scan_shape, bool)
    for voxel in voxels:
        found[voxel] = True
    return found


def test_lesions_and_alarms_are_counted_by_hand() -> None:
    lesions = mask((2, 2, 2), (3, 3, 3), (4, 8, 8), (0, 0, 0))  # the first two touch by a corner
    assert detect(VALUES, INSIDE, lesions, PLACEMENT, 4.0) == Detection(1, 3, 1)
    assert detect(VALUES, INSIDE, lesions, PLACEMENT, 2.0) == Detection(2, 3, 1)
    assert detect(VALUES, INSIDE, lesions, PLACEMENT, -1.0) == Detection(3, 3, 0)
    assert detect(VALUES, INSIDE, lesions, PLACEMENT, 8.0) == Detection(0, 3, 0)


@pytest.mark.parametrize(
    ("pixels", "alarms"),
    [
        (((1, 1, 1), (1, 1, 2)), 1),  # by a face
        (((1, 1, 1), (1, 2, 2)), 1),  # by an edge
        (((1, 1, 1), (2, 2, 2)), 1),  # by a corner
        (((1, 1, 1), (1, 1, 3)), 2),
        (((0, 1, 1), (2, 1, 1)), 2),
    ],
)
def test_alarms_that_touch_are_one(pixels: tuple[tuple[int, int, int], ...], alarms: int) -> None:
    values = np.zeros_like(VALUES)
    for pixel in pixels:
        values[pixel] = 1.0
    assert detect(values, INSIDE, mask((7, 11, 11)), PLACEMENT, 0.5) == Detection(0, 1, alarms)


@pytest.mark.parametrize(
    ("voxels", "lesions"),
    [
        (((4, 4, 4), (4, 4, 5)), 1),
        (((4, 4, 4), (4, 5, 5)), 1),
        (((4, 4, 4), (5, 5, 5)), 1),
        (((4, 4, 4), (4, 4, 6)), 2),
        (((4, 4, 4), (6, 4, 4)), 2),
    ],
)
def test_parts_of_a_mask_that_touch_are_one_lesion(
    voxels: tuple[tuple[int, int, int], ...], lesions: int
) -> None:
    assert detect(VALUES, INSIDE, mask(*voxels), PLACEMENT, 9.0) == Detection(0, lesions, 0)


def test_a_component_that_touches_a_lesion_anywhere_is_no_alarm() -> None:
    values = np.zeros_like(VALUES)
    values[1, 1, 1] = values[1, 1, 2] = values[2, 2, 3] = values[3, 5, 5] = 1.0
    assert detect(values, INSIDE, mask((4, 4, 6)), PLACEMENT, 0.5) == Detection(1, 1, 1)


def test_a_score_at_the_threshold_counts() -> None:
    assert detect(VALUES, INSIDE, mask((2, 2, 2)), PLACEMENT, 5.0) == Detection(1, 1, 1)


def test_a_lesion_between_pixels_is_not_lost() -> None:
    lesion = mask((3, 1, 1))  # odd indices: no pixel's middle lies in it
    assert not PLACEMENT.mask_to_model(lesion).any()
    values = np.zeros_like(VALUES)
    values[2, 0, 0] = 9.0
    assert detect(values, INSIDE, lesion, PLACEMENT, 4.0) == Detection(1, 1, 0)


def test_what_does_not_count_finds_nothing() -> None:
    outside = INSIDE.copy()
    outside[1, 1, 1] = False
    missing = VALUES.copy()
    missing[1] = np.nan
    lesions = mask((2, 2, 2), (7, 11, 11))
    for values, foreground in ((VALUES, outside), (missing, INSIDE)):
        assert detect(values, foreground, lesions, PLACEMENT, 4.0) == Detection(0, 2, 1)


def test_wrong_input_is_refused() -> None:
    with pytest.raises(ValueError, match="threshold must be a finite number"):
        detect(VALUES, INSIDE, mask(), PLACEMENT, float("nan"))
    with pytest.raises(ValueError, match="must fit the placement"):
        detect(VALUES, INSIDE, mask()[1:], PLACEMENT, 1.0)
