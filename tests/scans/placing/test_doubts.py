"""What is doubtful about a brain is said, and what is not is left unsaid."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from explorer.scans.placing.brain.search import find_brain
from explorer.scans.placing.doubts import CUT_CM2, EXTENT_MM, expected_ml
from explorer.scans.placing.edges import touching
from explorer.scans.placing.lying import FITTING, TURNS, lying
from explorer.scans.reading.scan import Scan
from tests.support.phantoms import ORIENTATIONS, head, ras_affine, stored, template_head

HEAD, AFFINE, BRAIN = template_head()
STRIPPED = np.where(BRAIN, HEAD, 0)


def told(data: NDArray[np.float32], affine: NDArray[np.float64] = AFFINE, **how: object) -> str:
    scan = Scan(data.astype(np.float32), affine, "a.nii", "0" * 64)
    found = find_brain(scan, **how)  # type: ignore[arg-type]
    return " ".join([*found.notes, *found.warnings])


def test_nothing_is_said_of_a_whole_brain_that_lies_as_said() -> None:
    assert told(STRIPPED) == ""
    assert told(HEAD, given=BRAIN) == ""


def test_half_a_brain_has_not_the_volume_that_the_scan_should_hold() -> None:
    half = STRIPPED.copy()
    half[: len(half) // 2] = 0
    said = told(half)
    assert "The brain has 818 ml, where this scan should hold 1,000 to 1,800" in said
    assert "turned" not in said and "shape" not in said


def test_a_brain_that_the_scan_cuts_may_be_smaller_and_this_is_said() -> None:
    upper = STRIPPED[:, :, 46:]
    said = told(upper, way="nonzero")
    assert "The brain reaches the edge of the scan (bottom): part of it is missing" in said
    assert "should hold" not in said


@pytest.mark.parametrize(("bottom", "top"), [(0, 200), (20, 60), (50, 110), (-30, 67.5)])
def test_what_a_field_of_view_can_hold_is_the_share_of_an_ellipsoid(bottom: float, top: float) -> None:
    radii = np.array(EXTENT_MM) / 2
    points = np.random.default_rng(0).uniform(-1, 1, (400_000, 3)) * radii
    inside = ((points / radii) ** 2).sum(1) < 1
    field = top - bottom
    share = (np.abs(points[inside, 2]) < field / 2).mean()
    affine = np.diag([1.0, 1.0, 2.0, 1.0])
    least, most = expected_ml(affine, (200, 200, round(field / 2)), cut=True)
    assert most == pytest.approx(1800 * share, rel=0.03)
    assert least == pytest.approx(500 * share, rel=0.03)
    assert expected_ml(affine, (200, 200, round(field / 2)), cut=False) == (1000, 1800)


def test_a_phantom_is_of_one_intensity() -> None:
    assert "is it a phantom?" in told(head(ras_affine()), ras_affine())
    ball = np.where(BRAIN, 100 + np.random.default_rng(0).normal(0, 5, BRAIN.shape), 0)
    assert "is it a phantom?" in told(ball)


def test_a_mask_of_another_head_lies_on_empty_background() -> None:
    away = np.roll(BRAIN, 30, axis=1)
    share = float((STRIPPED[away] == 0).mean())
    said = told(STRIPPED, given=away)
    assert f"{100 * share:.0f} % of the brain is as dark as" in said and "is the mask of this scan?" in said
    assert "is the mask of this scan?" in told(HEAD, given=np.roll(BRAIN, 40, axis=0))


@pytest.mark.parametrize("orientation", [0, 13, 30, 47])
def test_sides_that_are_touched_are_those_of_the_person(orientation: int) -> None:
    mask = np.zeros((10, 12, 14), bool)
    mask[3:7, 4:9, 12:] = True  # 4 x 5 voxels of 4 x 3.6 mm reach the top
    mask[:2, 4:6, 5] = True  # 2 voxels of 3.6 x 4.4 mm the left
    turned, affine = stored(mask, ras_affine(), ORIENTATIONS[orientation])
    found = touching(turned, affine)
    assert found == pytest.approx(
        {"top": 20 * 14.4 / 100, "left": 2 * 15.84 / 100, "right": 0, "bottom": 0, "back": 0, "front": 0}
    )
    assert max(found.values()) < CUT_CM2


def turned(turn: NDArray[np.float64]) -> NDArray[np.float64]:
    matrix = np.eye(4)
    matrix[:3, :3] = turn
    found: NDArray[np.float64] = matrix @ AFFINE
    return found


@pytest.mark.parametrize("name", TURNS)
def test_a_brain_that_lies_otherwise_than_said_is_noticed(name: str) -> None:
    found = lying(BRAIN, turned(np.array(TURNS[name], dtype=np.float64)))
    assert not found.right and found.turned == name
    said = told(STRIPPED, turned(np.array(TURNS[name], dtype=np.float64)))
    assert f"it fits better {name}. The network saw it as the file says" in said


def test_a_cut_brain_is_not_said_to_lie_otherwise() -> None:
    layers = np.cumsum(BRAIN.sum((0, 1))) / BRAIN.sum()
    for least, most in ((0.1, 1.0), (0.2, 1.0), (0.0, 0.9), (0.0, 0.8)):
        kept = slice(*np.searchsorted(layers, (least, most)))
        assert lying(BRAIN[:, :, kept], AFFINE).turned == ""


def test_a_nod_a_mirror_and_another_size_change_nothing() -> None:
    plain = lying(BRAIN, AFFINE)
    assert plain.right and plain.fit > 0.97
    mirrored = lying(BRAIN, turned(np.diag([-1.0, 1, 1])))
    assert mirrored.fit == pytest.approx(plain.fit, abs=0.02)
    assert lying(BRAIN, turned(np.eye(3) * 0.9)).fit == pytest.approx(plain.fit, abs=0.01)
    cos, sin = np.cos(0.35), np.sin(0.35)
    nodding = np.array([[1, 0, 0], [0, cos, -sin], [0, sin, cos]])
    assert lying(BRAIN, turned(nodding)).fit == pytest.approx(plain.fit, abs=0.02)


def test_a_ball_is_no_brain() -> None:
    ball = np.linalg.norm(np.indices((60, 60, 60)) - 29.5, axis=0) < 28
    found = lying(ball, np.diag([2.5, 2.5, 2.5, 1]))
    assert found.fit < FITTING and not found.right
