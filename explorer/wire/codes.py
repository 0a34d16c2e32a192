"""Pictures as integers in a packet: cells that fit a colour bar, and codes packed to compress well.

The layout of a packet is described in `explorer.looking.packets`.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAGIC = b"XPF2"
CODES = 2**16
"""How many there are."""


def quantise(
    values: NDArray[np.float32], low: float, high: float, fine: int, *, out: NDArray[np.uint16]
) -> tuple[float, float]:
    """Codes of one picture, in cells that do not straddle the 256 steps of its colour bar.

    As many cells to a step as fit, up to `fine`; where not even one does, the highest values are cut off.
    Without a colour bar, `high` not above `low`, cells are evenly spread over the values.

    Args:
        values: (H, W), finite.
        low: lower end of the colour bar.
        high: its upper end.
        fine: cells to a step at most, a power of two.
        out: takes the codes, (H, W).

    Returns:
        Lower edge of the first cell and width of a cell, in units of the values.
    """
    exact = values.astype(np.float64)
    smallest, largest = float(exact.min()), float(exact.max())
    if high <= low:
        low, fine = smallest, 1
        high = low + 256 * max((largest - smallest) / (CODES - 1), 1e-12)
    while fine > 1 and (largest - smallest) * 256 * fine / (high - low) > CODES - 2:
        fine //= 2
    cells = np.floor((exact - low) * (256 * fine) / (high - low))
    first = float(cells.min())
    np.clip(cells - first, 0, CODES - 1, out=cells)
    out[...] = cells
    step = (high - low) / (256 * fine)
    return low + first * step, step


def packed(codes: NDArray[np.uint16]) -> bytes:
    """Pack codes, (F, H, W), as `packet` says: differences, folded signs, low bytes before high bytes."""
    after = codes.copy()
    after[1:] -= codes[:-1]
    aside = after.copy()
    aside[:, :, 1:] -= after[:, :, :-1]
    below = aside.copy()
    below[:, 1:] -= aside[:, :-1]
    signed = below.view(np.int16)
    folded = ((signed << 1) ^ (signed >> 15)).view(np.uint16)
    return (folded & 0xFF).astype(np.uint8).tobytes() + (folded >> 8).astype(np.uint8).tobytes()


def deflated(body: bytes) -> bytes:
    """A zlib stream; of differences, run lengths save more than a full search, in a fraction of the time."""
    compressor = zlib.compressobj(6, zlib.DEFLATED, zlib.MAX_WBITS, 9, zlib.Z_RLE)
    return compressor.compress(body) + compressor.flush()


@dataclass
class Body:
    """The arrays of a packet in the making."""

    arrays: list[dict[str, Any]] = field(default_factory=list)
    parts: list[bytes] = field(default_factory=list)
    size: int = 0

    def add(
        self,
        name: str,
        values: NDArray[np.float32],
        low: NDArray[np.float64],
        high: NDArray[np.float64],
        fine: int,
    ) -> None:
        """Add pictures, (F, H, W), with the ends of their colour bars, (F,)."""
        codes = np.empty(values.shape, np.uint16)
        scale = [
            quantise(*frame, fine, out=codes[i])
            for i, frame in enumerate(zip(values, low, high, strict=True))
        ]
        lows, steps = zip(*scale, strict=True)
        self._append(name, "uint16", len(values), packed(codes), {"low": lows, "step": steps})

    def add_bytes(self, name: str, values: NDArray[np.bool_]) -> None:
        """Add a mask, (H, W)."""
        self._append(name, "uint8", 1, values.astype(np.uint8).tobytes(), {})

    def _append(self, name: str, dtype: str, count: int, part: bytes, scale: Mapping[str, Any]) -> None:
        place = {"name": name, "dtype": dtype, "frames": count, "offset": self.size}
        self.arrays.append({**place, **scale})
        self.parts.append(part)
        self.size += len(part)

    def packet(self, header: Mapping[str, Any]) -> bytes:
        """The packet with this header and the arrays that were added."""
        text = json.dumps({**header, "arrays": self.arrays}, allow_nan=False).encode()
        return MAGIC + struct.pack("<I", len(text)) + text + deflated(b"".join(self.parts))
