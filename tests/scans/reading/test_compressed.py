"""Compressed series hold what was compressed; what lies about itself or is damaged is a plain line, soon."""

from __future__ import annotations

import resource
import struct
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from openjpeg.utils import encode_array
from pydicom.encaps import encapsulate

from explorer.scans.reading.dicom.compressed import DECODERS, LARGEST_PIXELS, Layout, decode
from explorer.scans.reading.loading import load_scan
from tests.scans.reading.test_series import AFFINE, HEAD, same
from tests.support.compression import (
    BASELINE,
    FIRST_ORDER,
    JPEG,
    JPEG_2000,
    JPEG_LS,
    LOSSLESS_ENCODERS,
    RUN_LENGTHS,
    jpeg,
    run_lengths,
)
from tests.support.dicoms import series, zip_file

FEW = HEAD[:, :, 18:22]
IMAGE = np.random.default_rng(1).integers(0, 4000, (35, 43)).astype("u2")
LAYOUT = Layout(35, 43, 16)
REFUSED = (
    "series.zip holds a compressed DICOM image that is damaged, or of an unusual kind; convert the series"
)


@pytest.mark.parametrize("syntax", LOSSLESS_ENCODERS)
@pytest.mark.parametrize("kind", ["u1", "u2", "i2"])
def test_lossless_series_are_what_was_compressed(syntax: str, kind: str) -> None:
    values = (FEW - (70 if kind == "i2" else 0)).astype(kind)
    scan = load_scan(zip_file(series(values, AFFINE, syntax, LOSSLESS_ENCODERS[syntax])))
    assert same(scan, values, AFFINE)


@pytest.mark.parametrize("syntax", LOSSLESS_ENCODERS)
def test_bits_above_the_stored_ones_do_not_count(syntax: str) -> None:
    values = (FEW - 70).astype("i2")
    spoilt = (values & 0x0FFF).astype("u2")
    files = series(
        spoilt,
        AFFINE,
        syntax,
        LOSSLESS_ENCODERS[syntax],
        BitsStored=12,
        HighBit=11,
        PixelRepresentation=1,
    )
    assert same(load_scan(zip_file(files)), values, AFFINE)


@pytest.mark.parametrize("syntax", [BASELINE, JPEG + "51"])
def test_baseline_jpeg_is_nearly_what_was_compressed(syntax: str) -> None:
    values = FEW.astype("u1")
    scan = load_scan(zip_file(series(values, AFFINE, syntax, jpeg)))
    plain = load_scan(zip_file(series(values, AFFINE)))
    assert np.abs(scan.data - plain.data).max() < 16 and np.abs(scan.data - plain.data).mean() < 1
    assert np.corrcoef(scan.data.ravel(), plain.data.ravel())[0, 1] > 0.999


def test_a_slice_in_several_fragments() -> None:
    for syntax, encode in LOSSLESS_ENCODERS.items():
        content = encode(IMAGE)
        pixels = encapsulate([content], fragments_per_frame=3)
        assert np.array_equal(decode(syntax, pixels, LAYOUT), IMAGE)


def fragments(content: bytes) -> bytes:
    return encapsulate([content])


def larger(content: bytes, syntax: str, rows: int) -> bytes:
    """The codestream with another number of rows in its header."""
    if syntax == JPEG_2000:
        return (
            content[:12] + struct.pack(">I", rows) + content[16:28] + struct.pack(">I", rows) + content[32:]
        )
    marker = b"\xff\xf7" if syntax == JPEG_LS else b"\xff\xc3" if syntax == FIRST_ORDER else b"\xff\xc0"
    place = content.index(marker) + 5
    return content[:place] + struct.pack(">H", rows) + content[place + 2 :]


ENCODERS: dict[str, Callable[[NDArray[Any]], bytes]] = {**LOSSLESS_ENCODERS, BASELINE: jpeg}
HEADED = [BASELINE, FIRST_ORDER, JPEG_LS, JPEG_2000]


@pytest.mark.parametrize("syntax", HEADED)
@pytest.mark.parametrize("rows", [34, 36, 60_000])
def test_a_codestream_of_another_size_than_the_slice_is_not_decoded(
    syntax: str, rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for decoder in ("decode_jpeg_2000", "jpeg_ls.decode_pixel_data", "lossless_jpeg.decode"):
        monkeypatch.setattr(
            f"explorer.scans.reading.dicom.compressed.{decoder}", lambda *_, **__: pytest.fail()
        )
    image = IMAGE.astype("u1") if syntax == BASELINE else IMAGE
    layout = Layout(35, 43, 8 * image.itemsize)
    content = larger(ENCODERS[syntax](image), syntax, rows)
    with pytest.raises(ValueError, match="another size than the slice says"):
        decode(syntax, fragments(content), layout)


def test_a_slice_of_too_many_pixels_is_not_decoded() -> None:
    side = int(LARGEST_PIXELS**0.5)
    for syntax in DECODERS:
        with pytest.raises(ValueError, match="too many pixels"):
            decode(syntax, b"", Layout(side + 1, side, 16))


@pytest.mark.parametrize("syntax", ENCODERS)
def test_cut_off_and_spoilt_codestreams_are_refused_or_read_soon(syntax: str) -> None:
    image = IMAGE.astype("u1") if syntax == BASELINE else IMAGE
    layout = Layout(35, 43, 8 * image.itemsize)
    content = ENCODERS[syntax](image)
    generator = np.random.default_rng(7)
    began, refused = time.thread_time(), 0
    for _ in range(300):
        spoilt = bytearray(content[: int(generator.integers(1, len(content) + 1))])
        for place in generator.integers(0, len(spoilt), generator.integers(0, 6)):
            spoilt[place] = generator.integers(256)
        try:
            found = decode(syntax, fragments(bytes(spoilt)), layout)
            assert found.shape == image.shape and found.dtype == image.dtype
        except ValueError:
            refused += 1
    assert refused > 100
    assert time.thread_time() - began < 6


@pytest.mark.parametrize("syntax", [*ENCODERS, "1.2.840.10008.1.2.4.203"])
def test_damaged_series_get_one_line(syntax: str) -> None:
    image = FEW.astype("u1") if syntax == BASELINE else FEW
    encode = ENCODERS.get(syntax, ENCODERS[JPEG_2000])
    with pytest.raises(ValueError) as caught:
        load_scan(zip_file(series(image, AFFINE, syntax, lambda one: encode(one)[:40])))
    unknown = "series.zip holds DICOM images of a compression that is not decoded; convert the series"
    assert str(caught.value).startswith(REFUSED if syntax in ENCODERS else unknown)


@pytest.mark.parametrize(
    "content",
    [
        run_lengths(IMAGE)[:70],
        struct.pack("<16I", 3, *[64] * 15) + bytes(5000),  # one plane too many
        struct.pack("<16I", 2, 64, 2**31, *[0] * 13) + bytes(5000),  # a segment beyond the end
        struct.pack("<16I", 2, 10, 64, *[0] * 13) + bytes(5000),  # a segment in the header
        b"\1",
    ],
)
def test_damaged_run_lengths_are_refused(content: bytes) -> None:
    with pytest.raises(ValueError):
        decode(RUN_LENGTHS, fragments(content), LAYOUT)


def test_runs_that_unpack_to_too_much_are_not_unpacked() -> None:
    runs = b"\x81\x00" * 2**20  # 128 MiB
    content = struct.pack("<16I", 2, 64, 64, *[0] * 13) + runs
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert not decode(RUN_LENGTHS, fragments(content), LAYOUT).any()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024


def test_tiles_that_would_cost_memory_are_refused() -> None:
    content = bytes(encode_array(IMAGE, photometric_interpretation=2))
    many = content[:24] + struct.pack(">II", 1, 1) + content[32:]
    with pytest.raises(ValueError, match="several tiles"):
        decode(JPEG_2000, fragments(many), LAYOUT)


@pytest.mark.parametrize("pixels", [b"", b"\xfe\xff\x00\xe0", encapsulate([b"\0\0"]), bytes(100)])
@pytest.mark.parametrize("syntax", DECODERS)
def test_pixels_without_a_codestream_are_refused(syntax: str, pixels: bytes) -> None:
    with pytest.raises(ValueError):
        decode(syntax, pixels, LAYOUT)
