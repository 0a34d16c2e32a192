"""What compressed images say of themselves, read before they are decoded: a liar is refused at no cost.

Frame headers of JPEG and JPEG-LS: ITU-T T.81 (1992), B.2; ITU-T T.87, C. Image size of JPEG 2000: ITU-T
T.800, A.5.1.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

BASELINE, EXTENDED, LOSSLESS, JPEG_LS = 0xC0, 0xC1, 0xC3, 0xF7
FRAMES = (*range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0), JPEG_LS)
"""Markers of frame headers, one for each way of coding."""

SCAN, END = 0xDA, 0xD9
JPEG_2000 = b"\xff\x4f\xff\x51"
"""How a codestream of JPEG 2000 begins."""


@dataclass(frozen=True)
class Frame:
    """An image as its codestream describes it.

    Attributes:
        coding: marker of its frame header; 0 for JPEG 2000.
        precision: bits of a sample.
        rows, columns: pixels.
        components: samples a pixel.
        signed: whether samples are.
    """

    coding: int
    precision: int
    rows: int
    columns: int
    components: int
    signed: bool = False


def jpeg_frame(content: bytes) -> Frame:
    """The frame header of a JPEG or JPEG-LS codestream; ValueError where there is none."""
    for marker, segment, _ in segments(content):
        if marker in FRAMES and len(segment) >= 6:
            precision, rows, columns, components = struct.unpack(">BHHB", segment[:6])
            return Frame(marker, precision, rows, columns, components)
    raise ValueError("no frame header")


def jpeg_2000_frame(content: bytes) -> Frame:
    """The image size of a JPEG 2000 codestream of one tile; ValueError where it is none."""
    if content[:4] != JPEG_2000 or len(content) < 43:
        raise ValueError("no JPEG 2000 codestream")
    right, bottom, left, top, width, height, tile_left, tile_top = struct.unpack(">8I", content[8:40])
    if (left, top, tile_left, tile_top) != (0, 0, 0, 0) or width < right or height < bottom:
        raise ValueError("an image of several tiles, or one that does not begin at its corner")
    components, depth = struct.unpack(">HB", content[40:43])
    return Frame(0, (depth & 0x7F) + 1, bottom, right, components, depth > 0x7F)


def segments(content: bytes) -> Iterator[tuple[int, bytes, int]]:
    """Markers of a JPEG codestream, their segments and where these end, up to the first scan's.

    Raises:
        ValueError: where the codestream is none, or is cut off.
    """
    if content[:2] != b"\xff\xd8":
        raise ValueError("no JPEG codestream")
    place = 2
    while place + 4 <= len(content) and content[place] == 0xFF:
        marker = content[place + 1]
        if marker == 0xFF:  # fill
            place += 1
            continue
        size = int.from_bytes(content[place + 2 : place + 4], "big")
        if size < 2 or place + 2 + size > len(content):
            break
        end = place + 2 + size
        yield marker, content[place + 4 : end], end
        if marker == SCAN:
            return
        place = end
    raise ValueError("a damaged JPEG codestream")


def scan_data(content: bytes, start: int) -> bytes:
    """The data of a scan that begin at `start`, without stuffing, up to the next marker."""
    end = start
    while (end := content.find(b"\xff", end)) >= 0 and content[end + 1 : end + 2] == b"\0":
        end += 2
    if end < 0:
        raise ValueError("a JPEG codestream that is cut off")
    return content[start:end].replace(b"\xff\0", b"\xff")
