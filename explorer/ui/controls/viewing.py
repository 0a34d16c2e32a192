"""How the viewer shows things: chosen in the viewer, and kept in the page's address beside the controls.

Each part is a text, the same in the address, in the session and in `model/look.js` of the viewer.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from explorer.ui.controls.address import Address
from explorer.wire.colour import SCORE_MAPS

Rules = dict[str, tuple[str, Callable[[str], str]]]
"""By key: the default, and what makes the text that is kept of one that was asked for, or a ValueError."""

SIDES, CONVENTIONS = "sides", ("radiological", "neurological")
"""Key, in the session too, of which side of the person is at the left on all pages; the right first."""

HIGHEST_SHARE = 0.9999
"""Largest share of healthy pixels that the threshold's slider can leave below it."""

DEEPEST = 16.0
"""Largest zoom, as in the viewer's `zoom.js`."""


def rules(maps: Sequence[str], size: tuple[int, int]) -> Rules:
    """What each part of the look may be.

    Args:
        maps: registry names of the predictors shown.
        size: of the image, (H, W), pixels.
    """
    yes_or_no = _one_of(("true", "false"))
    windows = _numbers((-2.0, 2.0), (0.02, 20.0))
    return {
        "map": (maps[0] if maps else "", _one_of(maps or ("",))),
        "threshold": ("0.99", _numbers((0.0, HIGHEST_SHARE))),
        "colours": (SCORE_MAPS[0], _one_of((*SCORE_MAPS, "grey"))),
        "overlay": ("60", _numbers((0.0, 100.0))),
        "true-mask": ("true", yes_or_no),
        "smooth": ("false", yes_or_no),
        "stretch": ("false", yes_or_no),
        "zoom": ("1", _numbers((1.0, DEEPEST))),
        "centre": ("0.5,0.5", _numbers((0.0, 1.0), (0.0, 1.0))),
        "window-grey": ("0,1", windows),
        "window-signed": ("0,1", windows),
        "window-score": ("0,1", windows),
        "pixel": ("", _pixel(size)),
        SIDES: (CONVENTIONS[0], _one_of(CONVENTIONS)),
    }


def place(address: Address, parts: Rules) -> None:
    """Give each part of the look its value: the address's, the session's or the default."""
    for key, (default, parse) in parts.items():
        address.place(key, default, parse, fits=partial(_is_kept, parse))


def told(address: Address, parts: Rules) -> dict[str, Any]:
    """The look, for the viewer: its texts, and a turn, another one each time that an address says them.

    Needs no session, so that a file can be made of it when one asks for it.
    """
    return {"turn": address.turn, "texts": {key: address.values[key] for key in parts}}


def radiological() -> bool:
    """Whether the right of the person is shown at the left, on all pages."""
    return bool(st.session_state.get(SIDES, CONVENTIONS[0]) == CONVENTIONS[0])


def turn_to(radiological: bool) -> None:
    """Choose the side, for all pages."""
    st.session_state[SIDES] = CONVENTIONS[0 if radiological else 1]


def take(told: Mapping[str, object], parts: Rules) -> None:
    """Keep the look that the viewer tells; it comes from the browser, so what is none is left out."""
    for key, (_, parse) in parts.items():
        text = told.get(key)
        if isinstance(text, str) and _is_kept(parse, text):
            st.session_state[key] = text


def _is_kept(parse: Callable[[str], str], text: str) -> bool:
    try:
        return parse(text) == text
    except ValueError:
        return False


def _one_of(options: Sequence[str]) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in options:
            raise ValueError(f"one of {', '.join(options)}")
        return text

    return parse


def _numbers(*limits: tuple[float, float]) -> Callable[[str], str]:
    """Numbers between limits, with commas between them, as JavaScript writes them."""

    def parse(text: str) -> str:
        found = [float(part) for part in text.split(",")]
        if len(found) != len(limits):
            raise ValueError(f"{len(limits)} numbers")
        for value, (low, high) in zip(found, limits, strict=True):
            if not (math.isfinite(value) and low <= value <= high):
                raise ValueError(f"in [{low:g}, {high:g}]")
        return ",".join(f"{round(value, 7) + 0.0:.8g}" for value in found)

    return parse


def _pixel(size: tuple[int, int]) -> Callable[[str], str]:
    """Row and column of the pinned pixel, or nothing."""

    def parse(text: str) -> str:
        if not text:
            return ""
        row, column = (int(part) for part in text.split(","))
        if not (0 <= row < size[0] and 0 <= column < size[1]):
            raise ValueError(f"within {size[0]},{size[1]}")
        return f"{row},{column}"

    return parse
