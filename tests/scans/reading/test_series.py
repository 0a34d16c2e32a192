"""A DICOM series is the same scan as the same volume as NIfTI: same values at the same places."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from explorer.scans.placing.preparing import prepare_volume
from explorer.scans.reading.loading import load_mask, load_scan, load_scan_at
from explorer.scans.reading.scan import Scan
from explorer.scans.writing.export import map_bytes
from tests.security.making import png
from tests.support.dicoms import BIG, EXPLICIT, IMPLICIT, PATIENT, dicom_bytes, series, zip_file, zipped
from tests.support.phantoms import (
    CENTRE,
    LANDMARK,
    ORIENTATIONS,
    centroid,
    head,
    nifti_bytes,
    oblique_affine,
    ras_affine,
    scan_file,
    stored,
)

AFFINE = ras_affine()
HEAD = head(AFFINE).astype(np.int16)
FILES = series(HEAD, AFFINE)


def same(scan: Scan, data: NDArray[Any], affine: NDArray[np.float64]) -> bool:
    """Whether each voxel of a scan holds what the volume holds at the same place."""
    assert scan.affine is not None
    between = np.linalg.inv(affine) @ scan.affine
    indices = np.stack([*np.indices(scan.data.shape), np.ones(scan.data.shape)])
    places = np.einsum("ij,j...->i...", between, indices)[:3]
    assert np.abs(places - np.rint(places)).max() < 1e-4
    return np.array_equal(scan.data, data[tuple(np.rint(places).astype(int))].astype(np.float32))


def orientation(*axes: int) -> NDArray[np.float64]:
    """Which stored axis each axis of the person becomes; all run as they are."""
    return np.array([[axis, 1] for axis in axes], dtype=np.float64)


PLANES = {
    "axial": (AFFINE, orientation(0, 1, 2)),
    "coronal": (AFFINE, orientation(0, 2, 1)),
    "sagittal": (AFFINE, orientation(2, 0, 1)),
    "oblique": (oblique_affine((17.0, -12.0, 9.0)), orientation(0, 1, 2)),
    "oblique sagittal": (oblique_affine((-25.0, 8.0, 14.0)), orientation(2, 0, 1)),
} | {f"turned {n}": (AFFINE, ORIENTATIONS[n]) for n in range(0, 48, 5)}


@pytest.mark.parametrize("plane", PLANES)
def test_a_series_lies_where_the_same_nifti_lies(plane: str) -> None:
    affine, turned = PLANES[plane]
    data, placed = stored(head(affine).astype(np.int16), affine, turned)
    files = series(data, placed)
    np.random.default_rng(0).shuffle(files)
    scan = load_scan(zip_file(files))
    assert scan.affine is not None and scan.oriented and scan.notes == ()
    assert same(scan, data, placed)
    found = scan.affine @ np.append(centroid(scan.data, 150), 1.0)
    assert np.abs(found[:3] - LANDMARK).max() < 0.5 * min(scan.spacing or ())
    assert found[0] < CENTRE[0]  # left of the middle
    by_series = prepare_volume(scan).images
    by_nifti = prepare_volume(load_scan(scan_file(nifti_bytes(data, placed)))).images
    assert float((by_series - by_nifti).abs().max()) < 1e-3


def test_a_map_goes_back_to_the_places_of_the_series() -> None:
    scan = load_scan(zip_file(FILES))
    back = load_scan(scan_file(map_bytes(scan, scan.data, ".nii")))
    assert (
        scan.affine is not None and back.affine is not None and np.abs(back.affine - scan.affine).max() < 1e-4
    )
    assert np.array_equal(back.data, scan.data)


@pytest.mark.parametrize("syntax", [EXPLICIT, IMPLICIT, BIG])
@pytest.mark.parametrize("dtype", ["i2", "u2", "u1"])
def test_every_plain_encoding(syntax: str, dtype: str) -> None:
    scan = load_scan(zip_file(series(HEAD.astype(dtype), AFFINE, syntax)))
    assert same(scan, HEAD, AFFINE)


def test_slopes_are_applied_slice_by_slice() -> None:
    files = [
        series(HEAD, AFFINE, RescaleSlope=1 + 0.5 * k, RescaleIntercept=-3 * k)[k]
        for k in range(HEAD.shape[2])
    ]
    expected = HEAD * (1 + 0.5 * np.arange(HEAD.shape[2])) - 3 * np.arange(HEAD.shape[2])
    assert same(load_scan(zip_file(files)), expected, AFFINE)


def test_images_that_name_no_series_are_one() -> None:
    unnamed = series(HEAD, AFFINE, SeriesInstanceUID=None)
    scan = load_scan(zip_file(unnamed))
    assert same(scan, HEAD, AFFINE)
    assert scan.notes == ("The images do not say to which series they belong: they were taken as one.",)
    with pytest.raises(ValueError, match="holds 1 DICOM series and images of no named one; keep one"):
        load_scan(zip_file([*FILES[:4], *unnamed[4:]]))


@pytest.mark.parametrize("kind", ["i2", "u2"])
def test_bits_above_the_stored_ones_do_not_count(kind: str) -> None:
    values = np.where(HEAD > 0, HEAD, -5 if kind == "i2" else 5)
    spoilt = ((values & 0x0FFF) | 0x5000).astype("u2").astype(kind)
    scan = load_scan(zip_file(series(spoilt, AFFINE, BitsStored=12, HighBit=11)))
    assert same(scan, values, AFFINE)


def test_a_folder_reads_as_its_zip(tmp_path: Path) -> None:
    for number, content in enumerate(FILES):
        (tmp_path / f"{number:03d}").write_bytes(content)
    (tmp_path / "notes.txt").write_text("a note")
    (tmp_path / "preview.png").write_bytes(png())
    (tmp_path / ".DS_Store").write_bytes(b"x")
    (tmp_path / "other").mkdir()
    (tmp_path / "away").symlink_to("/etc/hostname")
    scan = load_scan_at(tmp_path)
    assert same(scan, HEAD, AFFINE)
    assert scan.notes == ("Left out: 1 hidden files.",)
    assert scan.warnings == (
        "Left out: notes.txt and preview.png (no files of the series).",
        "Left out: away (out of the folder by a link; copy the file itself there).",
        "Left out: other (a folder within, not looked into; name it itself).",
    )
    assert prepare_volume(scan).warnings[:3] == scan.warnings
    assert len(scan.digest) == 64 and scan.digest == load_scan_at(tmp_path).digest
    (tmp_path / "003").write_bytes(dicom_bytes(np.ones((3, 4), "i2"), {}))
    assert_refused(tmp_path)


def assert_refused(folder: Path) -> None:
    with pytest.raises(ValueError, match=f"^{folder.name} holds DICOM images that do not say where they lie"):
        load_scan_at(folder)
    with pytest.raises(ValueError, match="holds no numbered volumes"):
        load_scan_at(folder, 2)


def test_what_is_no_image_is_left_out() -> None:
    report = dicom_bytes(np.ones((2, 2), "i2"), {}, kind="1.2.840.10008.5.1.4.1.1.88.11", PixelData=None)
    directory = dicom_bytes(np.ones((2, 2), "i2"), {}, kind="1.2.840.10008.1.3.10", PixelData=None)
    files = {f"a/{n}": one for n, one in enumerate(FILES)}
    scan = load_scan(zip_file(files | {"DICOMDIR": directory, "report": report, "a/readme.txt": b"x" * 500}))
    assert same(scan, HEAD, AFFINE)
    assert scan.notes == ("Left out: 2 DICOM files that hold no image.",)
    assert scan.warnings == ("Left out: readme.txt (no files of the series).",)


def test_a_tilted_gantry_keeps_its_places() -> None:
    tilted = AFFINE.copy()
    tilted[1, 2] = 0.8
    assert same(load_scan(zip_file(series(HEAD, tilted))), HEAD, tilted)


def test_a_mask_must_lie_on_the_series() -> None:
    scan = load_scan(zip_file(FILES))
    mask = (scan.data > 150).astype(np.uint8)
    assert scan.affine is not None
    good = scan_file(nifti_bytes(mask, scan.affine), "mask.nii")
    assert np.array_equal(load_mask(good, scan), mask > 0)
    off = scan.affine.copy()
    off[0, 3] += 2
    with pytest.raises(ValueError, match=r"mask.nii lies up to 2 mm off the voxels of series.zip, 0.5 of a"):
        load_mask(scan_file(nifti_bytes(mask, off), "mask.nii"), scan)
    with pytest.raises(ValueError, match="lies up to 2 mm off"):
        load_mask(zip_file(series(mask.astype(np.int16), off)), scan)


def test_nothing_of_the_patient_is_kept_or_logged(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    files = series(HEAD, AFFINE, StudyDate="no date", PatientAge="forty", SeriesDescription="\x00" * 70)
    scan = load_scan(zip_file(files))
    broken = [
        *files[:3],
        files[3].replace(b"Doe^Jane", b"Doe^\xff\xfe\xfd\xfc"),
        *files[4:-1],
        files[-1][:900],
    ]
    with pytest.raises(ValueError) as caught:
        load_scan(zip_file(broken))
    printed = "".join(capfd.readouterr()) + caplog.text + str(caught.value) + repr(scan)
    assert not any(word in printed for word in ("Doe", "1970", "forty"))
    assert PATIENT.encode() not in map_bytes(scan, scan.data, ".nii")
    assert zipped(files).count(b"Doe^Jane") >= len(files)
