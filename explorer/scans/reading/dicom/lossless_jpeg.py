"""Lossless JPEG, as most scanners compress: ITU-T T.81 (1992), Information technology - Digital compression
and coding of continuous-tone still images, Annex H.

A sample is predicted from its neighbours to the left (a), above (b) and between them (c); the difference is
coded by Huffman. Each bit of the data is looked up at once as if a code began there; from one code to the
next then leads a table. Of our own, since no library under a permissive licence decodes these files without
crashing on damaged ones.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.scans.reading.dicom.codestreams import LOSSLESS, SCAN, jpeg_frame, scan_data, segments

Numbers = NDArray[np.int64]

TABLES, RESTARTS = 0xC4, 0xDD
"""Markers of Huffman tables and of an interval between restarts."""

_AT_ONCE = 2**17
"""Bytes of data that are looked up at once."""

_LONGEST = 32
"""Bits of the longest code with its difference."""


@dataclass(frozen=True, eq=False)
class _Code:
    """A Huffman code of the sizes of differences.

    Attributes:
        bits: length of the code that 16 bits begin with, (65536,), uint8; 0 where there is none.
        size: bits of the difference that follows it, (65536,), uint8.
    """

    bits: NDArray[np.uint8]
    size: NDArray[np.uint8]


def decode(content: bytes) -> NDArray[np.uint16]:
    """Decode a codestream of one component.

    Args:
        content: the codestream; its frame header says how much memory this takes.

    Returns:
        Samples as stored, (rows, columns), uint16.

    Raises:
        ValueError: where it is damaged, or of an unusual kind.
    """
    frame = jpeg_frame(content)
    codes: dict[int, _Code] = {}
    start, scan = 0, b""
    for marker, segment, end in segments(content):
        if marker == TABLES:
            codes |= _codes(segment)
        elif marker == RESTARTS and any(segment):
            raise ValueError("restart intervals are not decoded")
        elif marker == SCAN:
            start, scan = end, segment
    if frame.coding != LOSSLESS or len(scan) != 6 or scan[0] != 1 or not 1 <= scan[3] <= 7:
        raise ValueError("not one lossless scan of one component")
    code, shift = codes.get(scan[2] >> 4), scan[5] & 15
    if code is None or not 2 <= frame.precision <= 16 or shift >= frame.precision:
        raise ValueError("a lossless scan without its table")
    count = frame.rows * frame.columns
    found = _differences(scan_data(content, start), code, count).reshape(frame.rows, frame.columns)
    samples = _undo(found, scan[3], 1 << (frame.precision - shift - 1))
    return (samples << shift).astype(np.uint16)


def _codes(segment: bytes) -> dict[int, _Code]:
    """The tables of a segment, by their numbers."""
    found, place = {}, 0
    while place < len(segment):
        counts = segment[place + 1 : place + 17]
        symbols = segment[place + 17 : place + 17 + sum(counts)]
        if len(counts) < 16 or len(symbols) < sum(counts) or any(symbol > 16 for symbol in symbols):
            raise ValueError("a damaged Huffman table")
        found[segment[place]] = _code(counts, symbols)
        place += 17 + sum(counts)
    return found


def _code(counts: bytes, symbols: bytes) -> _Code:
    bits, size = np.zeros(2**16, np.uint8), np.zeros(2**16, np.uint8)
    first, symbol = 0, iter(symbols)
    for length, count in enumerate(counts, 1):
        for _ in range(count):
            after = first + (1 << (16 - length))
            if after > 2**16:
                raise ValueError("a damaged Huffman table")
            bits[first:after], size[first:after] = length, next(symbol)
            first = after
    return _Code(bits, size)


def _differences(data: bytes, code: _Code, count: int) -> Numbers:
    """The first `count` differences in the data of a scan, (count,), int64, modulo 2^16."""
    padded = np.frombuffer(data + bytes(8), np.uint8)
    follows = np.where(code.size == 16, 0, code.size)  # of a difference of 2^15 no bits follow
    steps = np.where(code.bits > 0, code.bits + follows, 0).astype(np.uint8)
    found: list[Numbers] = []
    done, place = 0, 0  # codes read; bits read
    while done < count:
        start = place // 8
        if start >= len(data):
            raise ValueError("lossless data that are cut off")
        part = padded[start : start + _AT_ONCE + 8].astype(np.uint32)
        windows = _windows(part[:-2])
        starts, after = _chain(steps[windows].tobytes(), place - 8 * start, count - done)
        found.append(_values(part, windows, np.array(starts), code))
        done, place = done + len(starts), 8 * start + after
    if place > 8 * len(data):
        raise ValueError("lossless data that are cut off")
    return np.concatenate(found)


def _windows(part: NDArray[np.uint32]) -> NDArray[np.uint16]:
    """The 16 bits that begin at each bit, as far as they can be looked up with what follows them."""
    three = (part[:-2] << 16) | (part[1:-1] << 8) | part[2:]
    return (three[:, None] >> np.arange(8, 0, -1, dtype=np.uint32)).astype(np.uint16).ravel()


def _chain(steps: bytes, place: int, most: int) -> tuple[list[int], int]:
    """Where codes begin, from `place` on, and where the next one would."""
    starts: list[int] = []
    end = len(steps) - _LONGEST if len(steps) >= 8 * _AT_ONCE else len(steps)
    for _ in range(most):
        if place >= end:
            break
        starts.append(place)
        place += steps[place]
    if steps[starts[-1]] == 0:  # here it stood still
        raise ValueError("lossless data without meaning")
    return starts, place


def _values(part: NDArray[np.uint32], windows: NDArray[np.uint16], starts: Numbers, code: _Code) -> Numbers:
    """The differences whose codes begin at `starts`."""
    size = code.size[windows[starts]].astype(np.int64)
    begin = starts + code.bits[windows[starts]]
    byte = begin // 8
    three = ((part[byte] << 16) | (part[byte + 1] << 8) | part[byte + 2]).astype(np.int64)
    bits = np.minimum(size, 15)
    raw = (three >> (24 - begin % 8 - bits)) & ((1 << bits) - 1)
    half = 1 << np.maximum(size - 1, 0)
    values = np.where(raw >= half, raw, raw - 2 * half + 1)
    return np.where(size == 0, 0, np.where(size == 16, 2**15, values))


def _undo(differences: Numbers, selection: int, middle: int) -> Numbers:
    """The samples whose prediction errors these are, (rows, columns), modulo 2^16."""
    samples = np.empty_like(differences)
    samples[0] = (middle + differences[0].cumsum()) & 0xFFFF
    for row in range(1, len(differences)):
        samples[row] = _ROWS[selection](samples[row - 1], differences[row]) & 0xFFFF
    return samples


def _along(first: np.int64, steps: Numbers) -> Numbers:
    """A row that begins with `first` and goes on by these steps."""
    found: Numbers = np.concatenate([[first], steps]).cumsum()
    return found


def _from_left(above: Numbers, d: Numbers) -> Numbers:
    return _along(above[0] + d[0], d[1:])


def _from_between(above: Numbers, d: Numbers) -> Numbers:
    between: Numbers = np.concatenate([above[:1], above[:-1]])
    return between + d


def _half_plane(above: Numbers, d: Numbers) -> Numbers:
    return _along(above[0] + d[0], ((above[1:] - above[:-1]) >> 1) + d[1:])


def _one_by_one(predict: Callable[[int, int, int], int]) -> Callable[[Numbers, Numbers], Numbers]:
    """For predictions that halve what stands to the left: sample by sample."""

    def row(above: Numbers, d: Numbers) -> Numbers:
        b, steps = above.tolist(), d.tolist()
        found = [(b[0] + steps[0]) & 0xFFFF]
        for j in range(1, len(b)):
            found.append((predict(found[-1], b[j], b[j - 1]) + steps[j]) & 0xFFFF)
        return np.array(found)

    return row


_ROWS: dict[int, Callable[[Numbers, Numbers], Numbers]] = {
    1: _from_left,
    2: lambda above, d: above + d,
    3: _from_between,
    4: lambda above, d: above + d.cumsum(),
    5: _half_plane,
    6: _one_by_one(lambda a, b, c: b + ((a - c) >> 1)),
    7: _one_by_one(lambda a, b, c: (a + b) >> 1),
}
"""By the number of the predictor (table H.1): a row from the one above and its differences."""
