"""What valid files hold is what is read."""

from __future__ import annotations

import gzip
import io
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import pytest
from PIL import Image

from explorer.scans.reading.files import ScanFile, label
from explorer.scans.reading.loading import load_scan
from tests.security.making import npy, png
from tests.support.phantoms import head, head_file, nifti_bytes, ras_affine, scan_file

AFFINE = ras_affine()
DATA = np.random.default_rng(1).integers(0, 100, (5, 6, 7))


@pytest.mark.parametrize("dtype", ["u1", "i1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8"])
@pytest.mark.parametrize("packed", [False, True])
def test_every_real_type_is_read_with_its_scaling(dtype: str, packed: bool) -> None:
    stored = DATA.astype(dtype)
    content = nifti_bytes(stored, AFFINE, scl_slope=0.5, scl_inter=-3)
    scan = load_scan(scan_file(gzip.compress(content) if packed else content))
    assert scan.data == pytest.approx(stored * 0.5 - 3)
    assert scan.affine is not None and np.abs(scan.affine - AFFINE).max() < 1e-5
    assert scan.oriented and scan.notes == ()


@pytest.mark.parametrize("kind", [nibabel.nifti1.Nifti1Image, nibabel.nifti2.Nifti2Image])
@pytest.mark.parametrize("endianness", ["<", ">"])
def test_both_versions_and_byte_orders(kind: Any, endianness: str) -> None:
    header = kind.header_class(endianness=endianness)
    header.set_data_dtype(np.int16)
    content = kind(DATA.astype(np.int16), AFFINE, header).to_bytes()
    scan = load_scan(scan_file(content))
    assert np.array_equal(scan.data, DATA)
    assert scan.header.endianness == endianness


def test_a_chosen_volume_of_a_series() -> None:
    series = np.stack([DATA, DATA + 100, DATA * 2], -1).astype(np.int16)
    for content in (nifti_bytes(series, AFFINE), gzip.compress(nifti_bytes(series, AFFINE))):
        for volume in range(3):
            assert np.array_equal(load_scan(scan_file(content), volume).data, series[..., volume])
        for wrong in (None, -1, 3):
            with pytest.raises(ValueError, match=r"holds 3 volumes.*; choose one from 0 to 2"):
                load_scan(scan_file(content), wrong)


def test_a_path_reads_as_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "head.nii.gz"
    path.write_bytes(gzip.compress(head_file().content))  # type: ignore[arg-type]
    by_path, by_bytes = load_scan(ScanFile.at(path)), load_scan(ScanFile(path.name, path.read_bytes()))
    assert np.array_equal(by_path.data, by_bytes.data)
    assert by_path.digest == by_bytes.digest


def test_values_that_are_no_numbers_count_as_zero_and_are_told() -> None:
    data = head(AFFINE)
    data[0, 0, :3] = np.nan, np.inf, -np.inf
    scan = load_scan(scan_file(nifti_bytes(data, AFFINE)))
    assert (scan.data[0, 0, :3] == 0).all()
    assert scan.notes == ("3 values were not finite and count as 0.",)


def test_a_file_that_does_not_say_which_side_is_left() -> None:
    scan = load_scan(head_file(qform_code=0, sform_code=0))
    assert not scan.oriented
    assert "left and right may be swapped" in scan.notes[0]


@pytest.mark.parametrize("unit", [(1, 0.001), (3, 1000.0)])
def test_other_units_become_millimetres(unit: tuple[int, float]) -> None:
    code, factor = unit
    affine = AFFINE * factor
    affine[3, 3] = 1
    scan = load_scan(scan_file(nifti_bytes(head(AFFINE), affine, xyzt_units=code)))
    assert scan.affine is not None and np.abs(scan.affine - AFFINE).max() < 1e-3


PIXELS = np.random.default_rng(2).integers(0, 255, (40, 30)).astype(np.uint8)


def sixteen_bits() -> bytes:
    stream = io.BytesIO()
    Image.fromarray(PIXELS.astype(np.uint16) * 200).save(stream, "PNG")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "factor"),
    [(png(PIXELS), 1), (png(np.stack([PIXELS] * 3, -1)), 1), (sixteen_bits(), 200)],
    ids=["grey", "grey as RGB", "16 bits"],
)
def test_a_picture_is_read_as_it_lies(content: bytes, factor: int) -> None:
    scan = load_scan(ScanFile("a.png", content))
    assert np.array_equal(scan.data[..., 0], PIXELS.astype(np.float32) * factor)
    assert scan.affine is None and "no orientation" in scan.notes[0]


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", ["f2", "f4", ">f8", "i2", "?"])
def test_arrays_in_any_order(order: str, dtype: str) -> None:
    array = np.asarray(DATA > 50 if dtype == "?" else DATA, dtype=dtype, order=order)  # type: ignore[call-overload]
    scan = load_scan(ScanFile("a.npy", npy(array)))
    assert np.array_equal(scan.data, array.astype(np.float32))
    assert scan.affine is not None and np.array_equal(scan.affine, np.eye(4))


def test_names_are_shown_without_what_could_harm() -> None:
    assert label("../a/b.nii") == "b.nii"
    assert label("a\n\x1b[2J\u202eb.nii") == "a??[2J?b.nii"
    assert label("\ud800.nii").encode() == b"?.nii"
    assert len(label("x" * 10_000 + ".nii")) <= 60 and label("x" * 10_000 + ".nii").endswith(".nii")
    assert label("..///") == ".." and label("") == "unnamed file"


def test_a_path_that_is_no_file(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.nii", tmp_path / ("x" * 5000), Path("a\0b")):
        with pytest.raises(ValueError, match="is not there, or is no plain file; check the path"):
            ScanFile.at(path)
