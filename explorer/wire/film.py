"""Pictures that change step by step, as bytes for the player in the browser.

Layout: length of the header (uint32, little-endian), the header (JSON), one zlib stream of uint8 arrays. The
header:

    key       tells films apart; the player starts anew where it changes
    labels    what each of the F frames is called
    layers    {"title", "caption", "colours", "low", "high", "shape": [h, w], "frames": F or 1, "offset",
              "pick"}; a byte is one of the 256 steps of the colour bar from low to high; pick: clicks are
              reported
    curves    {name: F numbers}
    picked    [row, column] in layers that can be picked, or null
    tables    colour scales by name, base64 of 256 x 3 bytes
"""

from __future__ import annotations

import dataclasses
import json
import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from explorer.wire.colour import levels


@dataclass(frozen=True, eq=False)
class Layer:
    """One picture.

    Attributes:
        title: above the picture.
        caption: what it shows, for the tooltip and for those who cannot see it.
        values: frame by frame, (F, h, w), or (1, h, w) where it does not change.
        low, high: ends of the colour bar.
        colours: a key of `explorer.ui.viewer.CONSTANTS["tables"]`.
        pick: whether a cell of it can be picked.
    """

    title: str
    caption: str
    values: NDArray[np.float32]
    low: float
    high: float
    colours: str
    pick: bool = False


@dataclass(frozen=True, eq=False)
class Film:
    """F frames of some pictures.

    Attributes:
        key: tells films apart.
        labels: what each frame is called.
        layers: in the order shown.
        curves: a number a frame, by name.
        picked: row and column of the picked cell, or None.
    """

    key: str
    labels: Sequence[str]
    layers: Sequence[Layer]
    curves: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    picked: tuple[int, int] | None = None

    def picking(self, row: int, column: int) -> Film:
        """The same film with another cell picked."""
        return dataclasses.replace(self, picked=(row, column))


def encode(film: Film, tables: Mapping[str, str]) -> bytes:
    """The film as bytes; raises ValueError where a layer or a curve has another number of frames."""
    count, offset = len(film.labels), 0
    described, parts = [], []
    for layer in film.layers:
        frames, height, width = layer.values.shape
        if frames not in (1, count):
            raise ValueError(f"layer {layer.title!r} must have 1 or {count} frames, got {frames}")
        described.append(
            {
                "title": layer.title, "caption": layer.caption, "colours": layer.colours,
                "low": layer.low, "high": layer.high, "shape": [height, width], "frames": frames,
                "offset": offset, "pick": layer.pick,
            }
        )  # fmt: skip
        parts.append(levels(layer.values, layer.low, layer.high).tobytes())
        offset += len(parts[-1])
    for name, curve in film.curves.items():
        if len(curve) != count:
            raise ValueError(f"curve {name!r} must have {count} numbers, got {len(curve)}")
    header = {
        "key": film.key,
        "labels": list(film.labels),
        "layers": described,
        "curves": {name: [float(value) for value in curve] for name, curve in film.curves.items()},
        "picked": film.picked,
        "tables": {name: tables[name] for name in {layer.colours for layer in film.layers}},
    }
    text = json.dumps(header, allow_nan=False, sort_keys=True).encode()
    return struct.pack("<I", len(text)) + text + zlib.compress(b"".join(parts), 6)
