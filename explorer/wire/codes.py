"""Pictures and volumes as integers: cells that fit a colour bar, or whole numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explorer.wire.packet import Array

CODES = 2**16
"""How many there are."""


def mask(name: str, values: NDArray[np.bool_]) -> Array:
    """A mask of any shape, as 0 and 1."""
    return Array(name, values.astype(np.uint8))


def pictures(
    name: str,
    values: NDArray[np.float32],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    fine: int,
) -> Array:
    """Pictures that change little from one to the next, exact on their colour bars.

    Args:
        name: of the array.
        values: (F, H, W), finite.
        low: lower ends of the colour bars, (F,).
        high: their upper ends, (F,).
        fine: as in `quantise`.
    """
    codes = np.empty(values.shape, np.uint16)
    scales = [
        quantise(*frame, fine, out=codes[i]) for i, frame in enumerate(zip(values, low, high, strict=True))
    ]
    middles = [edge + step / 2 for edge, step in scales]
    return Array(name, codes, middles, [step for _, step in scales], "differences")


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


def numbers(name: str, values: NDArray[np.float32]) -> Array:
    """Finite numbers of any shape: whole ones of a small range exactly, others in equal steps over theirs."""
    low, high = float(values.min()), float(values.max())
    whole = high - low < CODES and low == round(low) and bool((values == np.rint(values)).all())
    step = 1.0 if whole else max(high - low, 1e-12) / (CODES - 1)
    codes = np.rint((values - np.float32(low)) / np.float32(step)).clip(0, CODES - 1)
    return Array(name, codes.astype(np.uint16), low, step)
