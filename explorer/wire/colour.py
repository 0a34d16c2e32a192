"""From numbers to pictures: perceptually uniform colour maps and PNG."""

from __future__ import annotations

import base64
import io
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from plotly.colors import get_colorscale, unlabel_rgb, validate_colors

MAPS = {"grey": "gray", "score": "inferno", "signed": "RdBu_r"}
"""Colour scale of anatomy, of scores and of signed residuals, by plotly's names."""

SCORE_MAPS = ("inferno", "magma", "cividis")
"""Colour scales that a person may choose for scores, beside grey, by plotly's names."""


@lru_cache(maxsize=8)
def lookup_table(name: str) -> NDArray[np.uint8]:
    """256 colours of a plotly colour scale, (256, 3)."""
    scale = get_colorscale(name)
    positions = [position for position, _ in scale]
    stops = np.array([unlabel_rgb(colour) for colour in validate_colors([c for _, c in scale], "rgb")])
    ticks = np.linspace(0, 1, 256)
    return np.stack([np.interp(ticks, positions, stops[:, i]) for i in range(3)], 1).round().astype(np.uint8)


def encoded_table(name: str) -> str:
    """256 colours as the browser takes them, base64 of 256 x 3 bytes; `name` is of `MAPS` or plotly's."""
    return base64.b64encode(lookup_table(MAPS.get(name, name)).tobytes()).decode()


def levels(values: NDArray[np.float32], low: float, high: float) -> NDArray[np.uint8]:
    """The step of a colour bar from `low` to `high` in which each value lies, 0 to 255, clipped beyond."""
    span = max(high - low, 1e-12)
    return np.clip((values.astype(np.float64) - low) * 256 / span, 0, 255).astype(np.uint8)


def to_png(values: NDArray[np.float32], low: float, high: float, name: str) -> bytes:
    """Encode an image, (H, W), as PNG with the colours of `name` from `low` to `high`, clipped beyond."""
    picture = Image.fromarray(lookup_table(name)[levels(values, low, high)])
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def data_uri(png: bytes) -> str:
    """A PNG as the address of an image."""
    return "data:image/png;base64," + base64.b64encode(png).decode()


def svg_uri(svg: str) -> str:
    """A vector drawing as the address of an image; inline SVG does not pass Streamlit's sanitiser."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


@lru_cache(maxsize=8)
def css_gradient(name: str) -> str:
    """The colour map from left to right as CSS."""
    stops = lookup_table(name)[:: 255 // 15]
    return "linear-gradient(to right," + ",".join(f"rgb({r},{g},{b})" for r, g, b in stops) + ")"
