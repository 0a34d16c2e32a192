"""How far slices of one series may differ: what is just within is read, what is just beyond is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from explorer.scans.reading.loading import load_scan
from tests.support.dicoms import dicom_bytes, zip_file

DATA = np.random.default_rng(2).integers(1, 500, (8, 9, 6)).astype("i2")
DISTANCE = 4.0


def files(odd: int = 3, **changed: Any) -> list[bytes]:
    """Slices of 2 x 3 mm pixels, 4 mm apart from feet to head; one of them says something else."""
    found = []
    for k in range(DATA.shape[2]):
        place: dict[str, Any] = {
            "PixelSpacing": [2.0, 3.0],
            "ImageOrientationPatient": [1.0, 0.0, 0.0, 0.0, 1.0, 0.0],
            "ImagePositionPatient": [-20.0, -30.0, 10 + DISTANCE * k],
        }
        found.append(dicom_bytes(DATA[:, :, k].T.copy(), place | (changed if k == odd else {})))
    return found


def turned(angle: float) -> list[float]:
    """The axes turned in their plane."""
    return [np.cos(angle), np.sin(angle), 0.0, -np.sin(angle), np.cos(angle), 0.0]


def at(shift: float) -> list[float]:
    """The place of the fourth slice, moved along the normal by a share of the distance."""
    return [-20.0, -30.0, 10 + DISTANCE * (3 + shift)]


@pytest.mark.parametrize(
    ("key", "within", "beyond", "message"),
    [
        ("ImagePositionPatient", at(0.09), at(0.11), "gaps of 3.56 to 4.44 mm"),
        ("ImagePositionPatient", at(-0.09), at(-0.11), "gaps of 3.56 to 4.44 mm"),
        ("ImagePositionPatient", [-19.61, -30.0, 22.0], [-19.59, -30.0, 22.0], "some are missing"),
        ("PixelSpacing", [2.0009, 3.0], [2.0011, 3.0], "images of different sizes"),
        ("PixelSpacing", [2.0, 2.9991], [2.0, 2.9989], "images of different sizes"),
        ("ImageOrientationPatient", turned(0.0009), turned(0.0011), "images in different planes"),
        ("ImageOrientationPatient", turned(-0.0009), turned(-0.0011), "images in different planes"),
    ],
)
def test_slices_may_differ_by_so_much(key: str, within: Any, beyond: Any, message: str) -> None:
    scan = load_scan(zip_file(files(**{key: within})))
    assert np.array_equal(scan.data, DATA.astype(np.float32))
    with pytest.raises(ValueError, match=message):
        load_scan(zip_file(files(**{key: beyond})))


@pytest.mark.parametrize("angle", [0.009, -0.009, 0.011, -0.011])
def test_axes_may_be_off_a_right_angle_by_so_much(angle: float) -> None:
    axes = [1.0, 0.0, 0.0, np.sin(angle), np.cos(angle), 0.0]
    series = [files(k, ImageOrientationPatient=axes)[k] for k in range(DATA.shape[2])]
    if abs(angle) < 0.01:
        assert load_scan(zip_file(series)).data.shape == DATA.shape
        return
    with pytest.raises(ValueError, match="whose axes are not at right angles"):
        load_scan(zip_file(series))


def test_two_images_of_one_place_are_told_from_thin_slices() -> None:
    with pytest.raises(ValueError, match="several DICOM images of one place"):
        load_scan(zip_file(files(ImagePositionPatient=[-20.0, -30.0, 10 + DISTANCE * 2 + 0.0009])))


def test_the_affine_is_written_by_hand() -> None:
    """Columns to the patient's left and rows to the back count down to the right and to the front."""
    scan = load_scan(zip_file(files()))
    expected = np.array([[-3.0, 0, 0, 20], [0, -2, 0, 30], [0, 0, 4, 10], [0, 0, 0, 1]])
    assert scan.affine is not None and np.abs(scan.affine - expected).max() < 1e-9
    assert scan.spacing == (3.0, 2.0, 4.0)
