"""How a predictor's line is drawn in charts: it belongs to the predictor, never to its place in a list."""

from __future__ import annotations

import colorsys
import zlib
from dataclasses import dataclass

from explorer.predictors.base import PREDICTORS

DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
MARKERS = ("circle", "square", "diamond", "cross", "x", "triangle-up", "pentagon", "star", "hexagram")


@dataclass(frozen=True)
class Appearance:
    """A line.

    Attributes:
        colour: `#rrggbb`.
        dash: as plotly names it, or lengths such as `5px,2px`.
        marker: as plotly names it.
    """

    colour: str
    dash: str
    marker: str


def appearance(name: str) -> Appearance:
    """What the predictor of this name says of its line; what it leaves open follows from its name alone.

    Raises:
        ValueError: where there is no predictor of this name.
    """
    predictor, number = PREDICTORS[name], zlib.crc32(name.encode())
    return Appearance(
        predictor.colour or _colour(number % 360 / 360),
        predictor.dash or DASHES[number // 360 % len(DASHES)],
        predictor.marker or MARKERS[number // 4096 % len(MARKERS)],
    )


def _colour(hue: float) -> str:
    """A colour of middling lightness, which stands out from a bright and from a dark page."""
    return "#" + "".join(f"{round(255 * part):02x}" for part in colorsys.hls_to_rgb(hue, 0.5, 0.55))
