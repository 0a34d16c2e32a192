"""The panels: one picture each, with the outline of the true mask and a colour bar, as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage.measure import find_contours

from explorer.templates import render
from explorer.wire.colour import MAPS, css_gradient, data_uri, svg_uri, to_png

TEMPLATE, OUTLINE = (Path(__file__).with_suffix(suffix) for suffix in (".html", ".svg"))


@dataclass(frozen=True, eq=False)
class Panel:
    """One picture.

    Attributes:
        title: above the picture.
        caption: what it shows, for the tooltip and for those who cannot see it.
        values: (H, W), float32.
        low, high: ends of the colour bar.
        colours: a key of `colour.MAPS`.
        figure: beside the title, or empty.
    """

    title: str
    caption: str
    values: NDArray[np.float32]
    low: float
    high: float
    colours: str
    figure: str = ""


def grid(panels: Sequence[Panel], mask: NDArray[np.bool_], ends: tuple[str, str] = ("", "")) -> str:
    """All panels side by side, as many to a row as the width allows.

    Args:
        panels: of one slice.
        mask: outlined in all of them, (H, W).
        ends: letters at the left and the right of each, for the sides of the person.
    """
    height, width = mask.shape
    path = contour_path(closed(mask))
    outline = svg_uri(render(OUTLINE, path=path, width=width, height=height)) if path else ""
    return render(TEMPLATE, panels=[_drawn(panel) for panel in panels], outline=outline, ends=ends)


def closed(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The mask with gaps of up to 4 pixels closed, for drawing: specks would hide what lies under them."""
    padded = np.pad(mask, 3)
    filled: NDArray[np.bool_] = ndimage.binary_closing(padded, iterations=2)
    return filled[3:-3, 3:-3] | mask


def contour_path(mask: NDArray[np.bool_]) -> str:
    """The outline of a mask as an SVG path in pixels, the upper left corner of the image at (0, 0)."""
    padded = np.pad(mask, 1).astype(np.float32)
    lines = find_contours(padded, 0.5)  # type: ignore[no-untyped-call]
    return "".join("M" + "L".join(f"{x - 0.5:.1f} {y - 0.5:.1f}" for y, x in line) + "Z" for line in lines)


def _drawn(panel: Panel) -> dict[str, str]:
    """What the template shows of a panel."""
    colours = MAPS[panel.colours]
    return {
        "title": panel.title,
        "caption": panel.caption,
        "picture": data_uri(to_png(panel.values, panel.low, panel.high, colours)),
        "gradient": css_gradient(colours),
        "low": short(panel.low),
        "high": short(panel.high),
        "figure": panel.figure,
    }


def short(value: float) -> str:
    """A number in at most three digits, written as the viewer's `short` does.

    >>> [short(one) for one in (0.0514, 9.14e-6, 1234.5, -0.5, 0, 2e5)]
    ['0.0514', '9.1e-6', '1230', '-0.5', '0', '2.0e+5']
    """
    if value and not 1e-3 <= abs(value) < 1e5:
        digits, _, power = f"{value:.1e}".partition("e")
        return f"{digits}e{int(power):+d}"
    return f"{float(f'{value:.3g}'):.10g}"
