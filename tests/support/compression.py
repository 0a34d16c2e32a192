"""Slices compressed as scanners and archives do it, from numbers that are known."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from typing import Any

import jpeg_ls
import numpy as np
from numpy.typing import NDArray
from openjpeg.utils import encode_array
from PIL import Image
from pydicom.pixels.encoders.base import RLELosslessEncoder

JPEG = "1.2.840.10008.1.2.4."
BASELINE, LOSSLESS, FIRST_ORDER = JPEG + "50", JPEG + "57", JPEG + "70"
JPEG_LS, JPEG_2000, RUN_LENGTHS = JPEG + "80", JPEG + "90", "1.2.840.10008.1.2.5"

Slice = NDArray[Any]
COUNTS = bytes([0, 0, 7, 0, 0, 0, 10, *[0] * 9])
"""Lengths of the Huffman codes: seven of 3 bits, ten of 7."""

SYMBOLS = bytes([4, 3, 5, 2, 6, 1, 7, 0, *range(8, 17)])
"""Sizes of differences, those of the shortest codes first."""


def bits(image: Slice) -> Slice:
    """The stored bits as unsigned numbers."""
    return np.ascontiguousarray(image).view(f"u{image.itemsize}")


def jpeg(image: Slice) -> bytes:
    """JPEG baseline, which loses a little."""
    stream = io.BytesIO()
    Image.fromarray(bits(image)).save(stream, "JPEG", quality=95)
    return stream.getvalue()


def jpeg_of_ls(image: Slice) -> bytes:
    """JPEG-LS without loss."""
    rows, columns = image.shape
    return bytes(jpeg_ls.encode_buffer(bits(image).tobytes(), rows, columns, 1, 8 * image.itemsize))


def jpeg_2000(image: Slice) -> bytes:
    """Lossless JPEG 2000, signed if the numbers are."""
    return bytes(encode_array(np.ascontiguousarray(image), photometric_interpretation=2))


def run_lengths(image: Slice) -> bytes:
    """Run lengths by pydicom."""
    return bytes(
        RLELosslessEncoder.encode(
            np.ascontiguousarray(image).tobytes(),
            rows=image.shape[0],
            columns=image.shape[1],
            samples_per_pixel=1,
            number_of_frames=1,
            bits_allocated=8 * image.itemsize,
            bits_stored=8 * image.itemsize,
            photometric_interpretation="MONOCHROME2",
            pixel_representation=int(image.dtype.kind == "i"),
            encoding_plugin="pydicom",
        )
    )


def lossless_jpeg(image: Slice, selection: int = 1, *, shift: int = 0, precision: int = 0) -> bytes:
    """Lossless JPEG by the words of the standard: one sample after another.

    Args:
        image: (rows, columns), integers.
        selection: number of the predictor, 1 to 7.
        shift: low bits that are left out.
        precision: of the frame header; 0: that of the numbers.
    """
    samples = (bits(image).astype(int) >> shift).tolist()
    precision = precision or 8 * image.itemsize
    rows, columns = image.shape
    codes = _codes()
    written = []
    for i in range(rows):
        for j in range(columns):
            predicted = _predicted(samples, i, j, selection, 1 << (precision - shift - 1))
            difference = (samples[i][j] - predicted) & 0xFFFF
            difference -= 0x10000 if difference > 0x8000 else 0
            size = 16 if difference == 0x8000 else abs(difference).bit_length()
            written.append(codes[size])
            if 0 < size < 16:
                value = difference if difference > 0 else difference + (1 << size) - 1
                written.append(f"{value:0{size}b}")
    data = "".join(written)
    data += "1" * (-len(data) % 8)
    packed = int(data, 2).to_bytes(len(data) // 8, "big").replace(b"\xff", b"\xff\0")
    frame = struct.pack(">BHHB3B", precision, rows, columns, 1, 1, 0x11, 0)
    scan = bytes([1, 1, 0, selection, 0, shift])
    return (
        b"\xff\xd8"
        + segment(0xC4, b"\0" + COUNTS + SYMBOLS)
        + segment(0xC3, frame)
        + segment(0xDA, scan)
        + packed
        + b"\xff\xd9"
    )


def segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


def _codes() -> dict[int, str]:
    codes, value, symbols = {}, 0, iter(SYMBOLS)
    for length, count in enumerate(COUNTS, 1):
        for _ in range(count):
            codes[next(symbols)] = f"{value:0{length}b}"
            value += 1
        value <<= 1
    return codes


def _predicted(samples: list[list[int]], i: int, j: int, selection: int, middle: int) -> int:
    if i == 0:
        return samples[0][j - 1] if j else middle
    if j == 0:
        return samples[i - 1][0]
    a, b, c = samples[i][j - 1], samples[i - 1][j], samples[i - 1][j - 1]
    return [a, b, c, a + b - c, a + ((b - c) >> 1), b + ((a - c) >> 1), (a + b) >> 1][selection - 1]


LOSSLESS_ENCODERS: dict[str, Callable[[Slice], bytes]] = {
    LOSSLESS: lambda image: lossless_jpeg(image, 4),
    FIRST_ORDER: lossless_jpeg,
    JPEG_LS: jpeg_of_ls,
    JPEG_2000: jpeg_2000,
    RUN_LENGTHS: run_lengths,
}
"""By transfer syntax."""
