"""The planes: a scan in three linked cuts beside what the network sees, drawn in the browser.

As with the viewer, the visible component never changes; scan, map and settings come through components
without a face, each only as often as it changes.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from explorer.ui.components.mounting import as_bytes, component
from explorer.wire.colour import MAPS, lookup_table

FOLDER = Path(__file__).parent
KEY = "planes"
TABLES = {key: base64.b64encode(lookup_table(MAPS[key]).tobytes()).decode() for key in ("grey", "score")}


def show(moved: Callable[[Mapping[str, Any]], None]) -> None:
    """Put the planes on the page.

    Args:
        moved: told, before the page runs again, what a person did: `threshold`, a score, or `slice`, of which
            all maps are wanted; unchecked.
    """

    def callback() -> None:
        change = st.session_state[KEY].moved
        if isinstance(change, Mapping):
            moved(change)

    component(FOLDER, "explorer-planes", "main.js", html="planes.html", css="planes.css")(
        key=KEY, data=as_bytes({"tables": TABLES}), on_moved_change=callback
    )


def feed(place: Any, key: str, content: bytes | Mapping[str, Any]) -> None:
    """Hand a packet or the page's settings to the planes, through an invisible component at `place`."""
    with place:
        component(FOLDER, "explorer-planes-feed", "feed.js")(key=f"{KEY}-{key}", data=as_bytes(content))
