"""PNG as grey numbers: all 16 bits of those that have them, on black where it is transparent.

Pillow decodes, but its colours have 8 bits. What it leaves out of 16 it gives when it is asked to take the
file for one of the other byte order, or grey with alpha for four bytes a pixel (`Image.tile`; the rawmodes
of Unpack.c).
"""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

LOW_BYTES = {"RGB;16B": "RGB;16L", "RGBA;16B": "RGBA;16L"}
"""Colours of 16 bits, of which Pillow keeps the high bytes, and the rawmode that keeps the low ones."""

GREY_ALPHA, FOUR_BYTES = "LA;16B", "RGBA"

WIDENED = {"L;2": 85, "L;4": 17}
"""Factor by which Pillow spreads fewer than 8 bits over all 8."""

Numbers = NDArray[Any]


def grey_of(content: bytes) -> tuple[Numbers | None, tuple[str, ...]]:
    """The grey values of a PNG, and notes on what was left out.

    Args:
        content: of the file.

    Returns:
        The values, (rows, columns), as stored, or laid on black where some are transparent; None for colours.

    Raises:
        Exception: what Pillow raises for damaged files, many kinds.
    """
    samples, alpha, frames = _decoded(content)
    notes = (f"The file holds {frames} pictures: the first one was read.",) * (frames > 1)
    most = int(np.iinfo(alpha.dtype).max)
    clear = float((alpha < most).mean())
    weight = alpha.astype(np.uint32) if clear else np.uint8(1)
    grey = samples[..., 0] * weight
    if any((samples[..., channel] * weight != grey).any() for channel in range(1, samples.shape[2])):
        return None, notes
    if not clear:
        return grey, notes
    return grey / most, (*notes, f"{100 * clear:.2g} % of the pixels are transparent: they lie on black.")


def _decoded(content: bytes) -> tuple[Numbers, Numbers, int]:
    """Samples, (rows, columns, 1 or 3); how opaque they are, (rows, columns); how many pictures there are."""
    with _opened(content) as image:
        frames = int(image.n_frames)
        rawmode, clear = image.tile[0].args, image.info.get("transparency")
        if rawmode == GREY_ALPHA:
            found = _read_as(image, FOUR_BYTES).view(">u2")
        elif rawmode in LOW_BYTES:
            with _opened(content) as again:
                low = _read_as(again, LOW_BYTES[rawmode])
            found = np.left_shift(np.array(image), 8, dtype=np.uint16) | low
        elif image.mode == "P":
            found = np.array(image.convert("RGB" if clear is None else "RGBA"))
        else:
            found = np.array(image.convert("L") if image.mode == "1" else image)
    found = found.reshape(*found.shape[:2], -1)
    if found.shape[2] in (2, 4):
        return found[..., :-1], found[..., -1], frames
    if clear is None:
        return found, np.full(found.shape[:2], 255, np.uint8), frames
    key = np.array(clear) * WIDENED.get(rawmode, 1)
    return found, np.where((found != key).any(2), 255, 0).astype(np.uint8), frames


def _opened(content: bytes) -> Any:
    return Image.open(io.BytesIO(content), formats=["PNG"])


def _read_as(image: Any, rawmode: str) -> Numbers:
    image.tile = [tile._replace(args=rawmode) for tile in image.tile]
    return np.array(image)
