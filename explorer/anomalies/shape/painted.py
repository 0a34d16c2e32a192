"""Shapes that a person painted: a coarse grid over the whole image, as a text for addresses.

The text is base64url without padding of: top row, left column, height and width of the painted part, a byte
each, then its cells row by row, a bit each, the first in the highest bit. A shape has one text only, so equal
texts are equal shapes.
"""

from __future__ import annotations

import base64
import re
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

CELLS = 64
"""Rows and columns of the grid, whatever the image."""
LONGEST = 688
"""Letters of the longest text: the whole grid, 4 + 64 * 64 / 8 bytes."""

Grid = NDArray[np.bool_]


def encode(grid: Grid) -> str:
    """The text of a painted grid, (64, 64), bool; empty where nothing is painted."""
    if not grid.any():
        return ""
    top, bottom, left, right = _box(grid)
    part = grid[top:bottom, left:right]
    content = bytes((top, left, *part.shape)) + np.packbits(part).tobytes()
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def decode(text: str) -> Grid:
    """The grid, (64, 64), bool, of a text that `encode` wrote.

    Raises:
        ValueError: for any other text.
    """
    grid = np.zeros((CELLS, CELLS), bool)
    if isinstance(text, str) and len(text) <= LONGEST and re.fullmatch(r"[A-Za-z0-9_-]*", text):
        content = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)) if len(text) % 4 != 1 else b""
        if len(content) > 4:
            top, left, height, width = content[:4]
            part = grid[top : top + height, left : left + width]
            if part.shape == (height, width) and len(content) == 4 + (part.size + 7) // 8:
                bits = np.unpackbits(np.frombuffer(content, np.uint8, offset=4), count=part.size)
                part[...] = bits.reshape(height, width)
    if not isinstance(text, str) or encode(grid) != text:
        raise ValueError(
            f"painted must be the text of a shape that was painted in the viewer, got {_cut(text)}; "
            "paint the shape again"
        )
    return grid


def around(text: str) -> tuple[tuple[float, float], float]:
    """Middle (x, y) of the smallest square around a painted shape and its side, as fractions of the image."""
    grid = decode(text)
    top, bottom, left, right = _box(grid)
    middle = ((left + right) / (2 * CELLS), (top + bottom) / (2 * CELLS))
    return middle, max(right - left, bottom - top) / CELLS


@lru_cache(maxsize=16)
def depths(text: str, rows: int, columns: int) -> Tensor:
    """How deep each pixel lies in a painted shape, (rows, columns), float32, pixels.

    The distance to the nearest pixel outside of it, so 1 along its rim, and 0 outside. A pixel belongs to the
    cell in which its middle lies. Must not be changed.
    """
    from scipy import ndimage  # takes 0.3 s, and most pages have no painted shape

    places = [((np.arange(length) + 0.5) * CELLS / length).astype(int) for length in (rows, columns)]
    inside = decode(text)[np.ix_(*places)]
    found: NDArray[np.float64] = ndimage.distance_transform_edt(np.pad(inside, 1))
    return torch.from_numpy(found[1:-1, 1:-1].astype(np.float32))


def _box(grid: Grid) -> tuple[int, int, int, int]:
    """First row and the one after the last, first column and the one after the last, of what is painted."""
    rows, columns = np.nonzero(grid)
    return int(rows.min()), int(rows.max()) + 1, int(columns.min()), int(columns.max()) + 1


def _cut(text: object) -> str:
    shown = repr(text)
    return shown if len(shown) <= 40 else f"{shown[:40]}..."
