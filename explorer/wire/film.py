"""Pictures that change step by step, as a packet for the player in the browser.

Header of the packet (its framing and `arrays` are described in `explorer.wire.packet`), of kind "film":

    key       tells films apart; the player starts anew where it changes
    labels    what each of the F frames is called
    layers    {"title", "caption", "colours", "low", "high", "pick"}, each with an array by the name of its
              place ("0", "1", ...): uint8, (F or 1, h, w), which of the 256 steps of the colour bar from low
              to high; pick: clicks are reported
    curves    {name: F numbers}
    picked    [row, column] in layers that can be picked, or null
    sides     what is known of left and right in the pictures: known, assumed or nothing
    turned    whether they are shown with left and right exchanged
    tables    colour scales by name, base64 of 256 x 3 bytes
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from explorer.wire.colour import encoded_table, levels
from explorer.wire.packet import Array
from explorer.wire.packet import encode as encode_packet


@dataclass(frozen=True, eq=False)
class Layer:
    """One picture.

    Attributes:
        title: above the picture.
        caption: what it shows, for the tooltip and for those who cannot see it.
        values: frame by frame, (F, h, w), or (1, h, w) where it does not change.
        low, high: ends of the colour bar.
        colours: a colour scale, by the names of `explorer.wire.colour`.
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
        sides: what is known of left and right in the pictures: `known`, `assumed` or empty.
        turned: whether they are shown with left and right exchanged.
    """

    key: str
    labels: Sequence[str]
    layers: Sequence[Layer]
    curves: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    picked: tuple[int, int] | None = None
    sides: str = ""
    turned: bool = False

    def picking(self, row: int, column: int) -> Film:
        """The same film with another cell picked."""
        return dataclasses.replace(self, picked=(row, column))

    def shown(self, sides: str, *, radiological: bool) -> Film:
        """The same film with letters at its sides, the right of the person at the left or not."""
        return dataclasses.replace(self, sides=sides, turned=bool(sides) and radiological)


def encode(film: Film) -> bytes:
    """The film as bytes; raises ValueError where a layer or a curve has another number of frames."""
    count = len(film.labels)
    for layer in film.layers:
        if len(layer.values) not in (1, count):
            raise ValueError(f"layer {layer.title!r} must have 1 or {count} frames, got {len(layer.values)}")
    for name, curve in film.curves.items():
        if len(curve) != count:
            raise ValueError(f"curve {name!r} must have {count} numbers, got {len(curve)}")
    header = {
        "kind": "film",
        "key": film.key,
        "labels": list(film.labels),
        "layers": [
            {
                "title": layer.title, "caption": layer.caption, "colours": layer.colours,
                "low": layer.low, "high": layer.high, "pick": layer.pick,
            }
            for layer in film.layers
        ],
        "curves": {name: [float(value) for value in curve] for name, curve in film.curves.items()},
        "picked": film.picked,
        "sides": film.sides,
        "turned": film.turned,
        "tables": {name: encoded_table(name) for name in sorted({layer.colours for layer in film.layers})},
    }  # fmt: skip
    return encode_packet(header, [_array(str(i), layer) for i, layer in enumerate(film.layers)])


def _array(name: str, layer: Layer) -> Array:
    """The layer's steps of its colour bar; a step stands for the value in its middle."""
    step = (layer.high - layer.low) / 256
    return Array(name, levels(layer.values, layer.low, layer.high), layer.low + step / 2, step)
