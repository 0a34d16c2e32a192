"""The panels: one picture each, with the outline of the true mask and a colour bar, as HTML."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage.measure import find_contours

from explorer.wire.colour import MAPS, css_gradient, data_uri, svg_uri, to_png


@dataclass(frozen=True, eq=False)
class Panel:
    """One picture.

    Attributes:
        title: above the picture.
        caption: what it shows, for the tooltip and for those who cannot see it.
        values: (H, W), float32.
        low, high: ends of the colour bar.
        colours: a key of `colour.MAPS`.
        mark: a value marked on the colour bar, or None.
    """

    title: str
    caption: str
    values: NDArray[np.float32]
    low: float
    high: float
    colours: str
    mark: float | None = None


def grid(panels: Sequence[Panel], mask: NDArray[np.bool_]) -> str:
    """All panels side by side, as many to a row as the width allows."""
    height, width = mask.shape
    outline = contour_path(closed(mask))
    stroke = f'<path d="{outline}" fill="none" stroke-linejoin="round" '
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{8 * width}" '
        f'height="{8 * height}">{stroke}stroke="#000" stroke-opacity=".5" stroke-width="{width / 60:.2f}"/>'
        f'{stroke}stroke="#2ee6c5" stroke-width="{width / 130:.2f}"/></svg>'
    )
    drawn = f'<img class="xp-over" alt="" src="{svg_uri(svg)}">' if outline else ""
    return '<div class="xp-grid">' + "".join(_figure(panel, drawn) for panel in panels) + "</div>"


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


def _figure(panel: Panel, outline: str) -> str:
    colours = MAPS[panel.colours]
    picture = data_uri(to_png(panel.values, panel.low, panel.high, colours))
    caption = html.escape(panel.caption, quote=True)
    mark = ""
    if panel.mark is not None and panel.low < panel.mark < panel.high:
        place = 100 * (panel.mark - panel.low) / (panel.high - panel.low)
        mark = f'<i style="left:{place:.1f}%"></i>'
    return (
        f'<figure class="xp-panel" title="{caption}"><figcaption>{html.escape(panel.title)}</figcaption>'
        f'<div class="xp-box"><img src="{picture}" alt="{caption}">{outline}</div>'
        f'<div class="xp-bar" style="background:{css_gradient(colours)}">{mark}</div>'
        f'<div class="xp-ends"><span>{panel.low:.3g}</span><span>{panel.high:.3g}</span></div></figure>'
    )
