"""The model's grid in a scan: the template's own place, inverse maps, averaging of fine voxels."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from explorer.datasets.brain.anatomy import SIZE, SLICES, slice_coordinates, template_anatomy
from explorer.scans.placing.placement import (
    TEMPLATE_CENTRE_MM,
    TEMPLATE_ML,
    Placement,
    model_affine,
    place_picture,
    place_volume,
    spread,
)


def test_the_grid_is_that_of_the_training() -> None:
    for index in (0, 31, SLICES - 1):
        x, y, z = slice_coordinates(index)
        at = model_affine() @ np.array([index, 5, 100, 1.0])
        assert at[:3] == pytest.approx([float(x[100]), float(y[5]), float(z[0])])


def test_the_template_needs_neither_shift_nor_scale() -> None:
    template = template_anatomy()
    brain = template.tissues.sum(0).numpy() > 0.5
    assert brain.sum() / 1000 == pytest.approx(TEMPLATE_ML, rel=1e-3)
    centre = np.array(ndimage.center_of_mass(brain)) + template.origin.numpy()
    assert centre == pytest.approx(np.array(TEMPLATE_CENTRE_MM), abs=0.01)
    affine = np.eye(4)
    affine[:3, 3] = template.origin
    placement, _ = place_volume(affine, brain.shape, brain)
    assert placement.factor == pytest.approx(1, abs=1e-3)
    assert affine @ placement.matrix == pytest.approx(model_affine(), abs=0.1)


@pytest.mark.parametrize(("size", "scaled"), [(1.0, True), (0.6, False), (1.5, False)])
def test_a_brain_is_scaled_only_if_it_can_be_whole(size: float, scaled: bool) -> None:
    shape = (48, 48, 48)
    distance = np.linalg.norm(np.indices(shape) - 23.5, axis=0) * 4
    placement, notes = place_volume(np.diag([4.0, 4, 4, 1]), shape, distance < 70 * size)
    volume = np.count_nonzero(distance < 70 * size) * 0.064
    assert placement.factor == pytest.approx((TEMPLATE_ML / volume) ** (1 / 3) if scaled else 1.0)
    assert ("not scaled" in notes[0]) is not scaled


def linear(shape: tuple[int, ...]) -> np.ndarray:
    """Intensities that no linear interpolation changes."""
    x, y, z = np.indices(shape, dtype=np.float32)
    return np.asarray(x + 2 * y + 3 * z)


def test_there_and_back_is_the_identity_on_linear_intensities() -> None:
    shape = (40, 44, 30)
    matrix = np.array([[0, 0, 0.4, 1.2], [0, -0.5, 0.03, 38.0], [0.9, 0, 0, 0.7], [0, 0, 0, 1]])
    placement = Placement(matrix, shape, (30, 64, 64), 1.0, 1.0)
    data = linear(shape)
    back = placement.to_scan(placement.to_model(data))
    assert back[3:24, 10:35, 3:25] == pytest.approx(data[3:24, 10:35, 3:25], abs=1e-3)


def test_outside_the_images_there_is_nothing() -> None:
    matrix = np.diag([2.0, 1.0, 1.0, 1.0])
    placement = Placement(matrix, (10, 6, 6), (3, 4, 6), 1.0, 1.0)
    back = placement.to_scan(np.ones((3, 4, 6), np.float32))
    assert np.isnan(back[6:]).all() and np.isnan(back[:, 4:]).all()
    assert (back[:6, :4] == 1).all()


def test_unprocessed_slices_are_nothing_and_their_neighbours_whole() -> None:
    placement = Placement(np.eye(4), (4, 5, 5), (4, 5, 5), 1.0, 1.0)
    values = np.ones((4, 5, 5), np.float32)
    values[2] = np.nan
    assert np.array_equal(np.isnan(placement.to_scan(values)), np.isnan(values))


def test_a_pixel_without_a_score_is_nothing_and_lends_nothing() -> None:
    placement = Placement(np.diag([1.0, 2.0, 2.0, 1.0]), (3, 10, 10), (3, 5, 5), 1.0, 1.0)
    values = np.full((3, 5, 5), 2, np.float32)
    values[1, 2:, 2:] = np.nan
    back = placement.to_scan(values)
    assert np.isnan(back[1, 5:, 5:]).all() and not np.isnan(back[1, :3]).any()
    assert not np.isnan(back[[0, 2]]).any()
    assert (back[~np.isnan(back)] == 2).all()
    values[1, 1, 1] = 6
    assert spread(values)[1, 2, 2] in (2, 6) and np.array_equal(spread(values)[0], values[0])


def test_fine_voxels_are_averaged_in_place() -> None:
    shape = (60, 66, 50)
    matrix = np.array([[0, 0, 6.0, 4.0], [0, -4.0, 0, 60.0], [2.2, 0, 0, 1.0], [0, 0, 0, 1]])
    placement = Placement(matrix, shape, (20, 12, 8), 1.0, 1.0)
    data = linear(shape)
    expected = np.einsum(
        "k,k...->...", [1.0, 2.0, 3.0], matrix[:3, :3] @ np.indices((20, 12, 8)).reshape(3, -1)
    )
    expected = (expected + matrix[:3, 3] @ [1.0, 2.0, 3.0]).reshape(20, 12, 8)
    assert placement.to_model(data) == pytest.approx(expected, abs=1e-2)
    noise = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
    assert placement.to_model(noise).std() < 0.5  # of 1 without averaging, 0.35 at best with trilinear


@pytest.mark.parametrize("shape", [(100, 60, 1), (28, 28, 1), (9, 300, 1)])
def test_a_picture_fills_the_image_and_comes_back(shape: tuple[int, int, int]) -> None:
    placement = place_picture(shape, SIZE)
    rows, columns = np.indices(shape[:2])
    data = (rows + 2 * columns).astype(np.float32)[..., None]
    images = placement.to_model(data)
    inside = placement.mask_to_model(np.ones(shape, bool))[0]
    longest = max(inside.any(1).sum(), inside.any(0).sum())
    assert longest == SIZE
    back = placement.to_scan(images)
    assert not np.isnan(back).any()
    middle = tuple(slice(size // 4, 3 * size // 4 + 1) for size in shape[:2])
    assert back[middle] == pytest.approx(data[middle], abs=max(shape) / SIZE * 3)
