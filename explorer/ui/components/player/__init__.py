"""The player: pictures that change step by step, with curves; pausable."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeGuard

import streamlit as st

from explorer.ui.components.mounting import component
from explorer.wire.film import Film, encode

KEY = "player"
MOST_CELLS = 4096
"""No picture has as many rows or columns."""


def show(film: Film, picked: Callable[[int, int], None]) -> None:
    """Put the player on the page; a film of the same key is not started anew.

    Args:
        film: with at least one frame.
        picked: told, before the page runs again, row and column of the cell that a person clicked.
    """

    def callback() -> None:
        place = st.session_state[KEY].picked
        if not isinstance(place, Mapping):  # it comes from the browser, so anything
            return
        row, column = (place.get(name) for name in ("row", "column"))
        if _is_cell(row) and _is_cell(column):
            picked(row, column)

    folder = Path(__file__).parent
    component(folder, "explorer-player", "main.js", html="player.html", css="player.css")(
        key=KEY, data=encode(film), on_picked_change=callback
    )


def _is_cell(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < MOST_CELLS
