"""Files put together at random from what headers may say: read, or answered in plain words; nothing else."""

from __future__ import annotations

import gzip
import struct
import tempfile
import warnings
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from explorer.scans.reading.files import ScanFile
from explorer.scans.reading.intensities import is_taken_off
from explorer.scans.reading.loading import load_mask, load_scan, load_scan_at
from explorer.scans.reading.scan import Scan
from explorer.scans.writing.export import map_bytes
from tests.security.making import EYE, SMALL, chunk, npy, npy_text, raw_png
from tests.support.dicoms import BIG, EXPLICIT, IMPLICIT, series
from tests.support.inputs import inputs
from tests.support.phantoms import nifti_bytes

KINDS = {
    348: (nibabel.nifti1.Nifti1Header, nibabel.nifti1.Nifti1Image),
    540: (nibabel.nifti2.Nifti2Header, nibabel.nifti2.Nifti2Image),
}
SCAN = load_scan(ScanFile("scan.nii", nifti_bytes(SMALL, EYE)))

odd = st.sampled_from(
    [0.0, 1.0, -1.0, 2.0, 0.5, 1.0004, 1e-40, 1e-3, 1e3, 1e9, 1e30, 3e38, *map(float, ("nan", "inf"))]
)
numbers = st.one_of(odd, odd.map(lambda value: -value), st.floats(width=32))
codes = st.one_of(st.integers(-3, 6), st.sampled_from([99, 255, -32768, 32767]))
rows = st.lists(numbers, min_size=4, max_size=4)
fields: dict[str, st.SearchStrategy[Any]] = {
    "dim": st.lists(st.one_of(st.integers(-2, 8), st.just(32767)), min_size=8, max_size=8),
    "datatype": st.sampled_from([0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 768, 1024, 1280, 1536, 2304, -4]),
    "bitpix": st.sampled_from([0, 8, 16, 32, 64, -16, 7]),
    "pixdim": st.lists(numbers, min_size=8, max_size=8),
    "vox_offset": st.sampled_from([0.0, 348, 352, 353, 100, -1, 544, 1e9]),
    "scl_slope": numbers,
    "scl_inter": numbers,
    "xyzt_units": st.integers(0, 255),
    "qform_code": codes,
    "sform_code": codes,
    "magic": st.sampled_from([b"n+1", b"ni1", b"n+2", b"", b"\xff\xff\xff"]),
} | {key: numbers for key in ("quatern_b", "quatern_c", "quatern_d", "qoffset_x", "qoffset_y", "qoffset_z")}
fields |= dict.fromkeys(("srow_x", "srow_y", "srow_z"), rows | st.just([0.0] * 4))
headers = st.lists(st.sampled_from(sorted(fields)), max_size=4, unique=True).flatmap(
    lambda keys: st.fixed_dictionaries({key: fields[key] for key in keys})
)
types = st.sampled_from(["u1", "i2", "u4", "i8", "u8", "f4", "f8", ">i2", ">f4"])


def assert_holds(scan: Scan, numbers: Any) -> None:
    """Values are those numbers, to float32, but for what all share and what is not finite."""
    wanted = np.asarray(numbers, dtype=np.float64).reshape(scan.data.shape)
    wanted = np.where(np.isfinite(wanted), wanted, 0)
    if any(map(is_taken_off, scan.notes)):
        wanted = wanted - wanted.min()
    close = np.finfo(np.float32).eps * np.abs(wanted).max()
    assert np.allclose(scan.data, wanted, rtol=1e-6, atol=close)


def answered(read: Callable[[], Scan], name: str = "") -> Scan | None:
    """The scan, or None where a plain line says which file, what is wrong, and what to do."""
    with warnings.catch_warnings(action="error"):
        try:
            scan = read()
        except ValueError as error:
            message = str(error)
            assert message.startswith(name) and message.isprintable() and len(message) < 400, message
            assert len(message.rpartition(";")[2].split()) >= 2, message
            return None
    assert scan.data.dtype == np.float32 and np.isfinite(scan.data).all()
    assert float(scan.data.min()) < float(scan.data.max())
    assert all(told.isprintable() and told.endswith(".") for told in (*scan.notes, *scan.warnings))
    return scan


@inputs(60)
@given(headers, st.sampled_from(sorted(KINDS)), types, st.sampled_from(["", "packed"]), st.integers(0, 9))
def test_nifti_headers(changed: dict[str, Any], kind: int, dtype: str, packed: str, cut: int) -> None:
    header, image = KINDS[kind]
    stored = np.dtype(dtype)
    native = stored.newbyteorder("=")
    plain: Any = header(endianness=">" if dtype[0] == ">" else "<")  # type: ignore[no-untyped-call]
    plain.set_data_dtype(native)
    made: Any = image(SMALL.astype(native), EYE, plain, dtype=native)  # type: ignore[no-untyped-call]
    made.set_qform(EYE, 1)
    content = made.to_bytes()
    block: Any = header(content[:kind], check=False)  # type: ignore[no-untyped-call]
    for key, value in changed.items():
        with np.errstate(all="ignore"):
            block[key] = value if key != "vox_offset" or kind == 348 else int(value)
    content = (bytes(block.binaryblock) + content[kind:])[: len(content) - (0 if cut else 5)]
    file = ScanFile("a.nii.gz", gzip.compress(content, 1) if packed else content)
    scan = answered(lambda: load_scan(file), "a.nii.gz")
    if scan is not None:
        back: Any = image.from_bytes(map_bytes(scan, scan.data, ".nii"))
        assert scan.affine is not None
        close = 1e-3 * max(scan.spacing or ())
        assert np.allclose(back.affine[:3, :3] * unit(back), scan.affine[:3, :3], atol=close)
        assert np.array_equal(np.asanyarray(back.dataobj), scan.data)
        if not changed.keys() & {"dim", "datatype", "vox_offset", "scl_slope", "scl_inter"}:
            assert_holds(scan, SMALL)


def unit(image: Any) -> float:
    """Millimetres in the unit of a file."""
    return {1: 1000.0, 3: 0.001}.get(int(image.header["xyzt_units"]) & 7, 1.0)


@inputs(60)
@given(
    st.sampled_from([SMALL.shape, (7, 6, 8), (6, 7), (6, 7, 8, 1), (6, 7, 8, 2), (1, 7, 8)]),
    types,
    st.sampled_from(
        [[0], [1], [0, 1], [0, 1, 2, 255], [0.4], [-1, 0], [0, 1e-40], [1e9, 1e9 + 1], [0, np.nan]]
    ),
    st.sampled_from([0.0, 1e-4, 0.01, 0.02, 1.0, 1e3]),
    st.sampled_from(["nii", "nii.gz", "npy"]),
)
def test_masks(shape: tuple[int, ...], dtype: str, values: list[float], off: float, ending: str) -> None:
    stored = np.dtype(dtype).newbyteorder("=")
    with np.errstate(all="ignore"):
        held = np.resize(np.array(values, dtype="f8").astype(stored), shape)
    affine = EYE.copy()
    affine[0, 3] += off
    content = npy(held) if ending == "npy" else nifti_bytes(held, affine)
    file = ScanFile(f"mask.{ending}", gzip.compress(content, 1) if ending == "nii.gz" else content)
    with warnings.catch_warnings(action="error"):
        try:
            marked = load_mask(file, SCAN)
        except ValueError as error:
            message = str(error)
            assert message.startswith("mask.") and message.isprintable() and ";" in message
            return
    assert np.array_equal(marked, held.reshape(SMALL.shape) > 0.5)
    assert off <= 0.02 or ending == "npy"


@inputs(60)
@given(
    st.sampled_from([1, 2, 4, 8, 16, 3]),
    st.sampled_from([0, 2, 3, 4, 6, 5]),
    st.tuples(st.integers(0, 40), st.integers(0, 40)),
    st.lists(
        st.tuples(
            st.sampled_from([b"tRNS", b"PLTE", b"gAMA", b"tEXt", b"acTL", b"fcTL", b"iCCP", b"IHDR"]),
            st.binary(max_size=40),
        ),
        max_size=3,
    ),
    st.binary(min_size=1, max_size=40),
    st.integers(-20, 20),
    st.booleans(),
)
def test_pngs(
    depth: int,
    colour: int,
    size: tuple[int, int],
    extra: list[tuple[bytes, bytes]],
    noise: bytes,
    more: int,
    interlaced: bool,
) -> None:
    channels = {2: 3, 4: 2, 6: 4}.get(colour, 1)
    row = 1 + (size[0] * channels * depth + 7) // 8
    repeated = (noise * (row * size[1] // len(noise) + 1))[: row * size[1]]
    data = bytearray(repeated)
    data[::row] = bytes(len(data[::row]))  # no filters
    data = data + bytes(more) if more > 0 else data[: len(data) + more]
    chunks = b"".join(chunk(kind, content) for kind, content in extra)
    content = bytearray(raw_png(*size, zlib.compress(bytes(data)), chunks, depth, colour))
    content[28] = interlaced
    content[29:33] = struct.pack(">I", zlib.crc32(bytes(content[12:29])))
    scan = answered(lambda: load_scan(ScanFile("a.png", bytes(content))), "a.png")
    assert scan is None or scan.data.shape == (size[1], size[0], 1)


@inputs(60)
@given(
    st.sampled_from(
        ["?", "u1", "i1", "i8", "u8", "f2", "f4", "f8", ">f8", "c8", "U2", "f4,f4", "M8[s]", "g"]
    ),
    st.lists(st.integers(0, 12), max_size=4).map(tuple),
    st.sampled_from("CF"),
    st.lists(numbers, min_size=1, max_size=5),
    st.sampled_from([None, "{}", "{'descr': '<f4', 'fortran_order': False, 'shape': (9, 9", "[]", "'" * 99])
    | st.text("{}()[]'\"<>fO48,: descrshape", max_size=60),
    st.integers(0, 60),
)
def test_npys(
    dtype: str, shape: tuple[int, ...], order: Any, values: list[float], text: str | None, cut: int
) -> None:
    with np.errstate(all="ignore"), warnings.catch_warnings(action="ignore"):
        held = np.asarray(
            np.resize(np.array(values), shape) if dtype not in ("U2", "f4,f4", "M8[s]") else np.zeros(shape),
            order=order,
        )
        content = npy(held.astype(dtype)) if text is None or len(text) % 3 else npy_text(text)
    whole = cut <= 50
    scan = answered(lambda: load_scan(ScanFile("a.npy", content[: len(content) - max(0, cut - 50)])), "a.npy")
    if scan is None:
        return
    assert scan.data.shape[: len(shape)] == shape
    if whole and (text is None or len(text) % 3) and scan.data.size == held.size and dtype not in ("c8", "g"):
        assert_holds(scan, held.astype(dtype).astype(np.float64))


elements: dict[str, st.SearchStrategy[Any]] = {
    "SeriesInstanceUID": st.sampled_from([None, "", "1.2.3", "1.2.4"]),
    "Rows": st.sampled_from([None, 0, 1, 6, 7, 65535]),
    "SamplesPerPixel": st.sampled_from([None, 1, 3]),
    "PhotometricInterpretation": st.sampled_from([None, "MONOCHROME1", "MONOCHROME2", "RGB", ""]),
    "BitsAllocated": st.sampled_from([None, 1, 8, 16, 32]),
    "BitsStored": st.sampled_from([None, 0, 12, 16, 40]),
    "PixelRepresentation": st.sampled_from([None, 0, 1, 7]),
    "PixelSpacing": st.sampled_from([None, [0.0, 1.0], [2.0, 2.0], [1e9, 1.0], [-1.0, 2.0]]),
    "ImageOrientationPatient": st.sampled_from([None, [0.0] * 6, [1.0, 0, 0, 0, 1, 0], [1.0, 0, 0, 1, 0, 0]]),
    "ImagePositionPatient": st.sampled_from([None, [0.0, 0, 0], [1e30, 0, 0], [0.0, 0.0, 3.0]]),
    "RescaleSlope": st.sampled_from([None, 0.0, 1.0, -2.0, 1e-40, 1e30, 1e-9]),
    "RescaleIntercept": st.sampled_from([None, 0.0, -1024.0, 1e9, 1e30]),
    "NumberOfFrames": st.sampled_from([None, 0, 1, 2]),
    "PixelData": st.sampled_from([None, b"", b"ab"]),
}
replaced = st.lists(st.sampled_from(sorted(elements)), max_size=2, unique=True).flatmap(
    lambda keys: st.fixed_dictionaries({key: elements[key] for key in keys})
)
strays = st.dictionaries(
    st.sampled_from(["preview.png", "._a.dcm", "notes.txt", "DICOMDIR", "a.nii"]),
    st.binary(max_size=200),
    max_size=2,
)


@inputs(60)
@given(replaced, st.integers(0, 8), st.sampled_from([EXPLICIT, IMPLICIT, BIG]), strays, st.integers(0, 4000))
def test_dicom_folders(
    changed: dict[str, Any], which: int, syntax: str, others: dict[str, bytes], cut: int
) -> None:
    plain, strange = series(SMALL, EYE, syntax), series(SMALL, EYE, syntax, **changed)
    files = [strange[k] if which in (k, 8) else plain[k] for k in range(SMALL.shape[2])]
    if cut < 700:
        files[-1] = files[-1][:cut]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "series"
        path.mkdir()
        for number, content in enumerate(files):
            (path / f"{number:03d}.dcm").write_bytes(content)
        for name, content in others.items():
            (path / name).write_bytes(content)
        scan = answered(lambda: load_scan_at(path))
    if scan is None:
        assert changed or others or cut < 700
        return
    if "Rows" not in changed:
        assert scan.data.shape[:2] == SMALL.shape[:2]
    if scan.data.shape == SMALL.shape and not changed:
        assert_holds(scan, SMALL)
        assert scan.affine is not None and np.allclose(scan.affine, EYE, atol=1e-5)
