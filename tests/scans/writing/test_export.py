"""A map as a file: geometry bit for bit, the notice, nothing of the patient, a record that JSON holds."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import pytest

from explorer import NOTICE
from explorer.predictors import PREDICTORS
from explorer.scans.finding.record import record_of
from explorer.scans.reading.files import ScanFile
from explorer.scans.reading.loading import load_scan
from explorer.scans.writing.export import GEOMETRY, ending_for, map_bytes, map_ending, map_stem, write_map
from tests.security.making import npy
from tests.support.findings import finding_of
from tests.support.phantoms import head, head_file, nifti_bytes, oblique_affine, scan_file

OBLIQUE = oblique_affine((20.0, -10.0, 5.0))


def read(content: bytes) -> Any:
    plain = gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
    return nibabel.nifti1.Nifti1Image.from_bytes(plain)


@pytest.mark.parametrize("codes", [(0, 0), (1, 0), (0, 2), (1, 4), (3, 3)])
@pytest.mark.parametrize("ending", [".nii", ".nii.gz"])
def test_geometry_and_units_stay_bit_for_bit(codes: tuple[int, int], ending: str) -> None:
    qform, sform = codes
    file = scan_file(nifti_bytes(head(OBLIQUE), OBLIQUE, qform_code=qform, sform_code=sform, xyzt_units=10))
    scan = load_scan(file)
    written, original = read(map_bytes(scan, scan.data * 2, ending)), read(file.content)  # type: ignore[arg-type]
    assert all(
        np.array_equal(written.header[key], original.header[key]) for key in GEOMETRY if key != "xyzt_units"
    )
    assert np.array_equal(written.affine, original.affine)
    assert np.array_equal(written.header["pixdim"][:4], original.header["pixdim"][:4])
    assert written.header.get_xyzt_units() == original.header.get_xyzt_units()
    assert np.array_equal(written.get_fdata(dtype=np.float32), scan.data * 2)


def test_a_big_endian_series_of_nifti_2() -> None:
    series = np.stack([head(OBLIQUE), head(OBLIQUE) * 2], -1)
    header = nibabel.nifti2.Nifti2Header(endianness=">")  # type: ignore[no-untyped-call]
    content = nibabel.nifti2.Nifti2Image(series, OBLIQUE, header).to_bytes()  # type: ignore[no-untyped-call]
    scan = load_scan(scan_file(content), 1)
    written = nibabel.nifti2.Nifti2Image.from_bytes(map_bytes(scan, scan.data, ".nii"))
    assert written.shape == series.shape[:3]
    assert np.array_equal(written.get_fdata(), series[..., 1])
    assert np.abs(written.affine - OBLIQUE).max() < 1e-5


def test_an_array_gets_the_affine_that_was_assumed() -> None:
    scan = load_scan(ScanFile("a.npy", npy(head(OBLIQUE))))
    written = read(map_bytes(scan, scan.data, ".nii"))
    assert np.array_equal(written.affine, np.eye(4))
    assert np.array_equal(np.load(io.BytesIO(map_bytes(scan, scan.data, ".npy"))), scan.data)


def test_the_notice_is_in_the_header_and_the_patient_is_not() -> None:
    private = {
        "descrip": b"Jane Doe 1970",
        "db_name": b"JANE",
        "aux_file": b"jane.par",
        "intent_name": b"Jane",
    }
    content = map_bytes(load_scan(head_file("a.nii", **private)), head(OBLIQUE), ".nii")
    assert read(content).header["descrip"].item().decode() == NOTICE
    assert len(NOTICE) < 80
    assert b"jane" not in content[:352].lower()


def test_what_is_not_processed_stays_nan() -> None:
    scan = load_scan(head_file())
    values = scan.data.copy()
    values[:, :, 7] = np.nan
    assert np.array_equal(read(map_bytes(scan, values, ".nii.gz")).get_fdata(), values, equal_nan=True)


def test_the_same_map_gives_the_same_bytes() -> None:
    scan = load_scan(head_file())
    assert map_bytes(scan, scan.data, ".nii.gz") == map_bytes(scan, scan.data, ".nii.gz")


def test_a_picture_has_no_place_in_space() -> None:
    picture = load_scan(ScanFile("a.npy", npy(np.eye(28))))
    with pytest.raises(ValueError, match=r"a map of the picture a.npy must end in .npy, got 'b.nii'"):
        ending_for(picture, "b.nii")
    assert np.load(io.BytesIO(map_bytes(picture, picture.data, ".npy"))).shape == (28, 28)


@pytest.mark.parametrize("name", ["map.mgz", "map", "map.nii.zip", ""])
def test_maps_of_other_kinds_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"a map must end in .nii, .nii.gz, .npy"):
        map_ending(name)


def test_map_and_record_lie_side_by_side(tmp_path: Path) -> None:
    finding = finding_of(PREDICTORS["intensity"]())
    record = write_map(tmp_path / "a.nii.gz", finding)
    assert record == tmp_path / "a.json" and map_stem("a.b.NII") == "a.b"
    assert json.loads(record.read_text()) == json.loads(json.dumps(record_of(finding)))
    written = read((tmp_path / "a.nii.gz").read_bytes()).get_fdata()
    assert np.array_equal(written, finding.values, equal_nan=True)
    assert np.array_equal(~np.isnan(written), finding.foreground)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.json", "a.nii.gz"]
