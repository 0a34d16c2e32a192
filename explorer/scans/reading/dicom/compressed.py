"""Compressed pixels of a DICOM slice: checked against what the slice says of itself, then decoded.

The encodings: DICOM PS3.5, A.4 and annexes F and G. JPEG baseline is decoded by Pillow, JPEG-LS by CharLS,
JPEG 2000 by OpenJPEG; run lengths and lossless JPEG here.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jpeg_ls
import numpy as np
from numpy.typing import NDArray
from openjpeg.utils import decode_pixel_data as decode_jpeg_2000
from PIL import Image
from pydicom.encaps import generate_frames

from explorer.scans.reading.dicom import lossless_jpeg
from explorer.scans.reading.dicom.codestreams import (
    BASELINE,
    EXTENDED,
    JPEG_LS,
    LOSSLESS,
    Frame,
    jpeg_2000_frame,
    jpeg_frame,
)

LARGEST_PIXELS = 2**22
"""Pixels of a compressed slice: 2048 x 2048."""

ERRORS = (ValueError, RuntimeError, OSError, EOFError, LookupError, TypeError, ArithmeticError) + (
    *(MemoryError, SyntaxError, struct.error),
)
"""What decoders raise for damaged codestreams."""

_AFTER_JPEG_LS = b"\xff\xd9" + bytes(64)
"""Ends a codestream that does not end: CharLS would read on beyond it."""

Numbers = NDArray[np.integer[Any]]


@dataclass(frozen=True)
class Layout:
    """What a slice says of its pixels.

    Attributes:
        rows, columns: how many.
        allocated: bits of a stored number, 8 or 16.
    """

    rows: int
    columns: int
    allocated: int


def decode(syntax: str, pixels: bytes, layout: Layout) -> Numbers:
    """Decode the pixels of a slice.

    Args:
        syntax: a key of `DECODERS`.
        pixels: value of the element, in its fragments.
        layout: what the slice says of them.

    Returns:
        Bits as stored, (rows, columns), unsigned, of `allocated` bits.

    Raises:
        ValueError: where the pixels are damaged, contradict the slice, or are too many.
    """
    if layout.rows * layout.columns > LARGEST_PIXELS:
        raise ValueError("too many pixels")
    try:
        content = next(generate_frames(pixels, number_of_frames=1))
        found = DECODERS[syntax](content, layout)
    except ERRORS as error:
        raise ValueError(str(error)) from None
    if found.shape != (layout.rows, layout.columns) or found.itemsize > layout.allocated // 8:
        raise ValueError("other pixels than the slice says")
    return found.astype(f"u{layout.allocated // 8}")  # of a negative number, its bits


def _checked(frame: Frame, layout: Layout, *codings: int) -> Frame:
    """The frame, if its codestream may be decoded."""
    if frame.coding not in codings or frame.components != 1 or frame.precision > layout.allocated:
        raise ValueError("an unusual codestream")
    if (frame.rows, frame.columns) != (layout.rows, layout.columns):
        raise ValueError("another size than the slice says")
    return frame


def _jpeg(content: bytes, layout: Layout) -> Numbers:
    if _checked(jpeg_frame(content), layout, BASELINE, EXTENDED).precision != 8:
        raise ValueError("JPEG of 12 bits")
    with Image.open(io.BytesIO(content), formats=["JPEG"]) as image:
        return np.array(image.convert("L") if image.mode != "L" else image)


def _lossless_jpeg(content: bytes, layout: Layout) -> Numbers:
    frame = _checked(jpeg_frame(content), layout, LOSSLESS)
    return _narrowed(lossless_jpeg.decode(content), frame)


def _jpeg_ls(content: bytes, layout: Layout) -> Numbers:
    frame = _checked(jpeg_frame(content), layout, JPEG_LS)
    found, _ = jpeg_ls.decode_pixel_data(content + _AFTER_JPEG_LS)
    return _numbers(found, frame)


def _jpeg_2000(content: bytes, layout: Layout) -> Numbers:
    frame = _checked(jpeg_2000_frame(content), layout, 0)
    return _numbers(decode_jpeg_2000(content, version=2), frame)


def _run_lengths(content: bytes, layout: Layout) -> Numbers:
    """The highest bytes of all numbers by run lengths, then the next ones (annex G)."""
    planes, size = layout.allocated // 8, layout.rows * layout.columns
    count, *starts = struct.unpack("<16I", content[:64])
    if count != planes or not 64 <= starts[0] <= len(content):
        raise ValueError("an unusual number of segments")
    found = np.zeros((size, planes), np.uint8)
    for plane, start in enumerate(starts[:planes]):
        found[:, planes - 1 - plane] = np.frombuffer(_run(content, start, size), np.uint8)
    return found.reshape(layout.rows, -1).view(f"<u{planes}")


def _run(content: bytes, place: int, size: int) -> bytes:
    """`size` bytes from the runs that begin at `place`."""
    found = bytearray()
    while len(found) < size:
        head = content[place]
        if head < 128:
            found += content[place + 1 : place + 2 + head]
            if place + 2 + head > len(content):
                raise ValueError("runs that are cut off")
            place += 2 + head
        else:
            found += content[place + 1 : place + 2] * (257 - head if head > 128 else 0)
            place += 2
    return bytes(found[:size])


def _numbers(content: Any, frame: Frame) -> Numbers:
    """Decoded bytes as numbers, (rows, columns)."""
    kind = f"<{'i' if frame.signed else 'u'}{1 if frame.precision <= 8 else 2}"
    return np.frombuffer(content, kind).reshape(frame.rows, frame.columns)


def _narrowed(samples: NDArray[np.uint16], frame: Frame) -> Numbers:
    return samples.astype(np.uint8) if frame.precision <= 8 else samples


DECODERS: dict[str, Callable[[bytes, Layout], Numbers]] = {
    "1.2.840.10008.1.2.4.50": _jpeg,
    "1.2.840.10008.1.2.4.51": _jpeg,
    "1.2.840.10008.1.2.4.57": _lossless_jpeg,
    "1.2.840.10008.1.2.4.70": _lossless_jpeg,
    "1.2.840.10008.1.2.4.80": _jpeg_ls,
    "1.2.840.10008.1.2.4.81": _jpeg_ls,
    "1.2.840.10008.1.2.4.90": _jpeg_2000,
    "1.2.840.10008.1.2.4.91": _jpeg_2000,
    "1.2.840.10008.1.2.5": _run_lengths,
}
"""By transfer syntax; their elements are explicit and little-endian."""
