"""From numbers to colours: perceptually uniform colour maps."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from plotly.colors import get_colorscale, unlabel_rgb, validate_colors

MAPS = {"grey": "gray", "score": "inferno", "signed": "RdBu_r"}
"""Colour scale of anatomy, of scores and of signed residuals, by plotly's names."""


@lru_cache(maxsize=8)
def lookup_table(name: str) -> NDArray[np.uint8]:
    """256 colours of a plotly colour scale, (256, 3)."""
    scale = get_colorscale(name)
    positions = [position for position, _ in scale]
    stops = np.array([unlabel_rgb(colour) for colour in validate_colors([c for _, c in scale], "rgb")])
    ticks = np.linspace(0, 1, 256)
    return np.stack([np.interp(ticks, positions, stops[:, i]) for i in range(3)], 1).round().astype(np.uint8)


def levels(values: NDArray[np.float32], low: float, high: float) -> NDArray[np.uint8]:
    """The step of a colour bar from `low` to `high` in which each value lies, 0 to 255, clipped beyond."""
    span = max(high - low, 1e-12)
    return np.clip((values.astype(np.float64) - low) * 256 / span, 0, 255).astype(np.uint8)
