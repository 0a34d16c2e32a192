"""Intensities are scaled in double precision; what all values share is taken off before they are rounded."""

from __future__ import annotations

import warnings
from fractions import Fraction

import numpy as np
import pytest

from explorer.scans.placing.preparing import prepare_picture, prepare_volume
from explorer.scans.reading.files import ScanFile
from explorer.scans.reading.intensities import finite_float32
from explorer.scans.reading.loading import load_scan
from tests.security.making import EYE, npy
from tests.support.dicoms import series, zip_file
from tests.support.phantoms import head, nifti_bytes, ras_affine, scan_file

RNG = np.random.default_rng(7)
PICTURE = RNG.random((30, 40))
AFFINE = ras_affine()


@pytest.mark.parametrize("offset", [300.0, -300.0, 1e9, -1e9, 1e12])
def test_what_all_pixels_share_changes_no_picture(offset: float) -> None:
    plain = prepare_picture(load_scan(ScanFile("a.npy", npy(PICTURE))), 28)
    moved = load_scan(ScanFile("a.npy", npy(PICTURE + offset)))
    assert float((prepare_picture(moved, 28).images - plain.images).abs().max()) < 1e-3 * max(
        1, offset / 1e10
    )
    assert any(f"{offset + PICTURE.min():.10g}" in note for note in moved.notes)


def test_what_is_near_to_zero_stays_where_it_is() -> None:
    scan = load_scan(ScanFile("a.npy", npy(PICTURE - 100)))
    assert np.array_equal(scan.data[..., 0], (PICTURE - 100).astype(np.float32)) and len(scan.notes) == 1


@pytest.mark.parametrize("dtype", ["i8", "u8", ">i8"])
@pytest.mark.parametrize("slope", [1.0, -0.5])
def test_integers_of_64_bits_keep_what_doubles_lose(dtype: str, slope: float) -> None:
    steps = RNG.integers(0, 200, (9, 9))
    raw = (steps + (2**62 + 1)).astype(dtype)
    data, notes = finite_float32("a", raw, slope)
    assert np.array_equal(data - data.min(), slope * steps - (slope * steps).min())
    assert data.min() == 0 and "intensities are counted from there" in notes[0]


@pytest.mark.parametrize("dtype", ["u1", "i2", "u4", "i8", "f4", "f8"])
def test_slope_and_intercept_are_applied_in_double_precision(dtype: str) -> None:
    """Each result is the exact one, rounded once or twice; single precision is off by up to .004 here."""
    raw = RNG.integers(0, 120, (6, 7, 8)).astype(dtype)
    if raw.dtype.itemsize > 2:
        raw += np.array(100_000, dtype)
    slope, inter = 0.1, -9_999.7 if raw.dtype.itemsize > 2 else 3.3
    data, _ = finite_float32("a", raw.copy(), slope, inter)
    exact = [Fraction(slope) * int(value) + Fraction(inter) for value in raw.ravel()]
    assert all(
        abs(Fraction(float(found)) - value) <= abs(value) * Fraction(1, 2**23) + Fraction(1, 10**10)
        for found, value in zip(data.ravel(), exact, strict=True)
    )


def test_zero_stays_zero_where_a_background_is_cut_away() -> None:
    raw = np.array([[0, 50], [100, 200]], np.int16)
    data, _ = finite_float32("a", raw, 0.02, -1.0)
    assert data[0, 1] == 0


@pytest.mark.parametrize("order", ["C", "F"])
def test_values_stay_at_their_places_in_either_order(order: str) -> None:
    raw = np.asarray(RNG.integers(0, 99, (5, 6, 7)), order=order)  # type: ignore[call-overload]
    for inter in (3.0, 1e9):
        data, _ = finite_float32("a", raw.copy(order="K"), 2.0, inter)
        assert np.array_equal(data, (2 * raw + 3 if inter == 3 else 2 * (raw - raw.min())))


def test_a_nifti_and_a_series_far_from_zero_keep_their_values() -> None:
    stored = RNG.integers(0, 4000, (6, 7, 8)).astype(np.int16)
    scan = load_scan(scan_file(nifti_bytes(stored, EYE, scl_slope=1, scl_inter=2.0**30)))
    assert np.array_equal(scan.data, stored - stored.min())
    files = zip_file(series(stored, EYE, RescaleSlope=1, RescaleIntercept=1e9))
    found = load_scan(files)
    assert np.array_equal(np.sort(found.data, None), np.sort(stored - stored.min(), None))
    assert any("between 1000000" in note and "counted from there" in note for note in found.notes)


@pytest.mark.parametrize("factor", [1e-40, 1e-42, 1e-300])
def test_intensities_that_no_float32_holds_are_answered_without_warnings(factor: float) -> None:
    volume = np.asarray(head(AFFINE), np.float64) * factor
    with warnings.catch_warnings(action="error"):
        for file in (
            scan_file(nifti_bytes(volume.astype("f4" if factor > 1e-50 else "f8"), AFFINE)),
            ScanFile("a.npy", npy(PICTURE * factor)),
        ):
            with pytest.raises(ValueError, match=r"differ by \S+ at most; rescale its intensities"):
                load_scan(file)


@pytest.mark.parametrize("factor", [1e-27, 1e27])
def test_intensities_of_any_other_size_are_the_same_scan(factor: float) -> None:
    plain = prepare_volume(load_scan(scan_file(nifti_bytes(head(AFFINE), AFFINE))))
    with warnings.catch_warnings(action="error"):
        scaled = load_scan(scan_file(nifti_bytes(head(AFFINE).astype("f8") * factor, AFFINE)))
        found = prepare_volume(scaled)
    assert float((found.images - plain.images).abs().max()) < 1e-5


def test_a_bright_voxel_does_not_hide_a_brain_that_is_too_dark() -> None:
    volume = head(AFFINE) * np.float32(1e-40)
    volume[tuple(np.argwhere(volume > 0)[5])] = 1.0
    with (
        warnings.catch_warnings(action="error"),
        pytest.raises(ValueError, match="has a median of .* which cannot be scaled"),
    ):
        prepare_volume(load_scan(scan_file(nifti_bytes(volume, AFFINE))))
