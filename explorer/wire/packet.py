"""One framing of binary packets for the browser: frames of a slice, scans and their maps, films.

Layout, integers little-endian:

    offset  bytes  content
    0       4      b"XPK1"
    4       4      N, length of the header, uint32
    8       N      header, JSON in UTF-8
    8 + N   ..     body, one zlib stream (in a browser: `new DecompressionStream("deflate")`)

Every header has `kind`, which says what else stands in it, and `arrays`, each

    name       within the packet
    dtype      uint8 or uint16
    shape      the last axis runs fastest
    offset     of its first byte in the decompressed body, even
    packing    "plain": as they are; "differences": see below
    low, step  the value of code c is low + c * step: numbers, or lists of one a place along the first axis;
               left out of arrays that are no values, as masks

"differences" are for uint16 of shape (F, H, W), n = F * H * W of them, packed in three steps, which the
reader undoes from the last to the first:

    1. differences from the frame before, of these from the pixel to the left, of these from the pixel above,
       all modulo 2^16 (before the first frame, left of the first column and above the first row stands 0)
    2. signs folded: d in [-2^15, 2^15) becomes 2d for d >= 0, else -2d - 1
    3. n low bytes, then n high bytes

    z = low[i] | high[i] << 8;  d = (z >>> 1) ^ -(z & 1)

The reader is `explorer/ui/components/base/js/page/packet.js`.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

MAGIC = b"XPK1"
Scale = float | Sequence[float] | None


@dataclass(frozen=True, eq=False)
class Array:
    """A named array of a packet; see above.

    Attributes:
        name: within the packet.
        codes: uint8 or uint16.
        low: value of code 0, one or one a place along the first axis; None: codes are no values.
        step: from the value of a code to that of the next, likewise.
        packing: of differences only what changes little, uint16 of shape (F, H, W).
    """

    name: str
    codes: NDArray[np.uint8] | NDArray[np.uint16]
    low: Scale = None
    step: Scale = None
    packing: Literal["plain", "differences"] = "plain"


def encode(
    header: Mapping[str, Any],
    arrays: Sequence[Array],
    *,
    level: int = 6,
    strategy: int = zlib.Z_DEFAULT_STRATEGY,
) -> bytes:
    """A packet.

    Args:
        header: what stands in it beside `arrays`.
        arrays: with names that differ.
        level: zlib's, from 1, quick, to 9, small.
        strategy: zlib's; of differences, run lengths (`zlib.Z_RLE`) save more than a full search, in a
            fraction of the time.
    """
    described, parts, offset = [], [], 0
    for array in arrays:
        described.append(_about(array, offset))
        part = packed(array.codes) if array.packing == "differences" else array.codes.tobytes()
        parts.append(part + b"\0" * (len(part) % 2))
        offset += len(parts[-1])
    text = json.dumps({**header, "arrays": described}, allow_nan=False).encode()
    compressor = zlib.compressobj(level, zlib.DEFLATED, zlib.MAX_WBITS, 9, strategy)
    body = compressor.compress(b"".join(parts)) + compressor.flush()
    return MAGIC + struct.pack("<I", len(text)) + text + body


def _about(array: Array, offset: int) -> dict[str, Any]:
    scale = {} if array.low is None else {"low": array.low, "step": array.step}
    return {
        "name": array.name,
        "dtype": array.codes.dtype.name,
        "shape": list(array.codes.shape),
        "offset": offset,
        "packing": array.packing,
        **scale,
    }


def packed(codes: NDArray[Any]) -> bytes:
    """Codes, (F, H, W), uint16, as differences, folded signs, low bytes before high bytes."""
    after = codes.copy()
    after[1:] -= codes[:-1]
    aside = after.copy()
    aside[:, :, 1:] -= after[:, :, :-1]
    below = aside.copy()
    below[:, 1:] -= aside[:, :-1]
    signed = below.view(np.int16)
    folded = ((signed << 1) ^ (signed >> 15)).view(np.uint16)
    return (folded & 0xFF).astype(np.uint8).tobytes() + (folded >> 8).astype(np.uint8).tobytes()
