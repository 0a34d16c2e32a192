"""Components are counted as by hand, and their volumes add up."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.scans.finding.components import components
from explorer.scans.placing.placement import Placement
from explorer.scans.placing.preparing import prepare_volume
from explorer.scans.reading.loading import load_scan
from tests.support.phantoms import head, nifti_bytes, ras_affine, scan_file


def test_components_are_counted_by_hand() -> None:
    values = np.zeros((4, 6, 6), np.float32)
    values[0, 0, 0], values[1, 1, 1] = 3, 5  # touch by a corner: one
    values[3, 4:6, 4] = 4, 9
    values[0, 5, 5] = 7  # outside the foreground
    values[2] = np.nan
    foreground = np.ones(values.shape, bool)
    foreground[0, 5, 5] = False
    placement = Placement(np.diag([2.0, 3.0, 4.0, 1.0]), (8, 18, 24), (4, 6, 6), 1.0, 2.0)
    found = components(values, foreground, 2.5, placement)
    assert [(one.voxels, one.peak, one.place) for one in found] == [(2, 9.0, (3, 5, 4)), (2, 5.0, (1, 1, 1))]
    assert found[0].ml == pytest.approx(2 * 8 / 1000) and found[0].voxel == (6.0, 15.0, 16.0)
    assert components(values, foreground, 2.5, placement, most=1) == found[:1]
    assert components(values, foreground, 9.5, placement) == []
    known = components(values, foreground, 2.5, placement, percentile=lambda peak: peak / 10)
    assert [one.percentile for one in known] == [0.9, 0.5]
    with pytest.raises(ValueError, match="threshold must be a finite number"):
        components(values, foreground, float("nan"), placement)
    with pytest.raises(ValueError, match="foreground must have the shape"):
        components(values, foreground[1:], 1.0, placement)


@pytest.mark.parametrize(
    ("other", "parts"),
    [((1, 1, 2), 1), ((1, 2, 2), 1), ((2, 2, 2), 1), ((1, 1, 3), 2), ((3, 1, 1), 2), ((1, 3, 3), 2)],
)
def test_voxels_that_touch_are_one(other: tuple[int, int, int], parts: int) -> None:
    values = np.zeros((4, 6, 6), np.float32)
    values[1, 1, 1] = values[other] = 1.0
    placement = Placement(np.eye(4), (4, 6, 6), (4, 6, 6), 1.0, 1.0)
    assert len(components(values, np.ones(values.shape, bool), 1.0, placement)) == parts


def test_a_peak_is_told_in_voxels_of_the_scan() -> None:
    values = np.zeros((4, 6, 6), np.float32)
    values[1, 2, 3] = 1.0
    matrix = np.array([[0, 0, 2.0, 0.5], [0, 3, 0, -1], [4, 0, 0, 2], [0, 0, 0, 1]])
    placement = Placement(matrix, (20, 20, 20), (4, 6, 6), 1.0, 1.0)
    (found,) = components(values, np.ones(values.shape, bool), 1.0, placement)
    assert found.voxel == (6.5, 5.0, 6.0)


def test_twenty_places_are_listed_the_highest_first_and_equals_as_they_lie() -> None:
    values = np.zeros((1, 20, 20), np.float32)
    values[0, ::2, ::4] = np.arange(50).reshape(10, 5) // 2
    placement = Placement(np.eye(4), (1, 20, 20), (1, 20, 20), 1.0, None)
    found = components(values, np.ones(values.shape, bool), 0.5, placement)
    assert [one.peak for one in found] == [float(24 - k // 2) for k in range(20)]
    assert [one.place[1:] for one in found[:4]] == [(18, 12), (18, 16), (18, 4), (18, 8)]
    assert {one.ml for one in found} == {None}


def test_volumes_of_components_add_up_to_that_of_the_brain() -> None:
    data = head(ras_affine())
    data[:, :, 20:] = 0  # only the lower part was scanned
    scan = prepare_volume(load_scan(scan_file(nifti_bytes(data, ras_affine()))))
    values = np.ones(scan.placement.model_shape, np.float32)
    foreground = scan.foregrounds[:, 0].numpy()
    (whole,) = components(values, foreground, 0.5, scan.placement)
    back = scan.placement.to_scan(foreground.astype(np.float32))
    expected = np.count_nonzero(back > 0.5) * abs(np.linalg.det(ras_affine()[:3, :3])) / 1000
    assert whole.ml == pytest.approx(expected, rel=0.03)
