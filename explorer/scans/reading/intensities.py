"""From numbers as a file stores them to float32 intensities: scaled in double precision.

float32 tells apart 2**24 numbers. Where all values lie far from 0 and near to each other, as those of 1e9 + v
do, what they share is taken off first, and it is said.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.scans.reading.files import refusal

LARGEST_VALUE, LEAST_RANGE = 1e30, 1e-30
"""Largest size of an intensity, and least difference between the lowest and the highest one."""

FAR = 256.0
"""How many times their range values may be away from 0: float32 then still tells apart 2**16 of them."""

_CHUNK = 2**20
_TAKEN_OFF = "All values lie between"


def finite_float32(
    name: str, raw: NDArray[Any], slope: float = 1.0, inter: float = 0.0
) -> tuple[NDArray[np.float32], tuple[str, ...]]:
    """Stored numbers as finite float32 intensities, slope * raw + inter; and notes on what was changed.

    Args:
        name: of the file, for messages.
        raw: real numbers of any size and byte order; may be overwritten.
        slope: of the file, finite.
        inter: of the file, finite.

    Raises:
        ValueError: where no number is finite, all are nearly equal, or they are too large for float32.
    """
    if raw.dtype.kind == "b":
        raw = raw.view(np.uint8)
    notes = _without_infinities(name, raw)
    low, high = raw.min().item(), raw.max().item()
    if max(abs(low), abs(high)) * abs(slope) + abs(inter) > LARGEST_VALUE:
        raise refusal(name, f"holds values beyond {LARGEST_VALUE:g}", "rescale its intensities")
    span = abs(slope) * (high - low)  # of integers: exact before it is rounded
    if 0 < span < LEAST_RANGE:
        raise refusal(name, f"holds values that differ by {span:.2g} at most", "rescale its intensities")
    ends = slope * low + inter, slope * high + inter
    if not far(*ends, span):
        return _scaled(raw, slope, inter), notes
    first = low if slope > 0 else high
    return _scaled_from(raw, first, slope), (*notes, taken_off(min(ends), span))


def far(low: float, high: float, span: float) -> bool:
    """Whether values from `low` to `high` lie so far from 0 that float32 cannot tell enough of them apart.

    >>> far(0, 1, 1), far(1e9, 1e9 + 50, 50), far(-200, -199, 1)
    (False, True, False)
    """
    return low * high > 0 and 0 < FAR * span < min(abs(low), abs(high))


def taken_off(offset: float, span: float) -> str:
    """What is said where values lose what they share."""
    return f"{_TAKEN_OFF} {offset:.10g} and {span:.4g} above; intensities are counted from there."


def is_taken_off(note: str) -> bool:
    """Whether a note says so.

    >>> is_taken_off(taken_off(1e9, 50)), is_taken_off("2 values were not finite and count as 0.")
    (True, False)
    """
    return note.startswith(_TAKEN_OFF)


def _without_infinities(name: str, raw: NDArray[Any]) -> tuple[str, ...]:
    """Set to 0 what is not finite, in place; a note on how much that was."""
    if raw.dtype.kind != "f":
        return ()
    finite = np.isfinite(raw)
    replaced = raw.size - int(np.count_nonzero(finite))
    if replaced == raw.size:
        raise refusal(name, "holds no finite number", "export it again")
    if replaced:
        raw[~finite] = 0
    return (f"{replaced:,} values were not finite and count as 0.",) * (replaced > 0)


def _scaled(raw: NDArray[Any], slope: float, inter: float) -> NDArray[np.float32]:
    """slope * raw + inter."""
    if slope == 1.0 and inter == 0.0:
        return raw.astype(np.float32, order="K", copy=False)
    data = np.empty_like(raw, np.float32)
    for part, numbers in _parts(data, raw):
        part[:] = numbers.astype(np.float64) * slope + inter
    return data


def _scaled_from(raw: NDArray[Any], first: float, slope: float) -> NDArray[np.float32]:
    """slope * (raw - first), from 0; `first` is the lowest or the highest of the numbers."""
    data = np.empty_like(raw, np.float32)
    for part, numbers in _parts(data, raw):
        if raw.dtype.kind in "iu":  # exact in 64 bits, which may wrap
            unsigned = numbers.astype(np.uint64)
            origin = np.uint64(int(first) % 2**64)
            apart = (unsigned - origin if slope > 0 else origin - unsigned).astype(np.float64)
        else:
            apart = np.abs(numbers.astype(np.float64) - first)
        part[:] = apart * abs(slope)
    return data


def _parts(data: NDArray[np.float32], raw: NDArray[Any]) -> Any:
    """Pieces of both, so that no whole copy in double precision is made."""
    target, source = data.ravel(order="K"), raw.ravel(order="K")
    for start in range(0, raw.size, _CHUNK):
        yield target[start : start + _CHUNK], source[start : start + _CHUNK]
