"""The viewer: panels on canvas that move under the finger, from frames that the server sends once a slice.

The visible component gets nothing that ever changes, so that Streamlit never touches its canvases again.
Packets and settings come through components without a face ("feeds"), which hand them over as events.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from explorer import NOTICE
from explorer.anomalies.params import SIZES
from explorer.predictors import PREDICTORS
from explorer.predictors.appearance import appearance
from explorer.ui.components.mounting import as_bytes, component
from explorer.wire.colour import MAPS, lookup_table

FOLDER = Path(__file__).parent
SCORE_MAPS = {"inferno": "inferno", "magma": "magma", "cividis": "cividis"}
"""Colour scales that a person may choose for scores, beside grey, by plotly's names."""
KEY = "viewer"


def show(moved: Callable[[Mapping[str, Any]], None]) -> None:
    """Put the viewer on the page.

    Args:
        moved: told, before the page runs again, what a person changed in the viewer: some of `beta`,
            `scoring` (texts of the page's options), `linked`, `plant` (`x`, `y`, `size`), `painted` and
            `again`; all unchecked.
    """

    def callback() -> None:
        change = st.session_state[KEY].moved
        if isinstance(change, Mapping):
            st.session_state["viewer-heard"] = whole(change.get("number"))
            moved(change)

    component(FOLDER, "explorer-viewer", "main.js", html="viewer.html", css="viewer.css")(
        key=KEY, data=as_bytes(CONSTANTS), on_moved_change=callback
    )


def feed(place: Any, key: str, content: bytes | Mapping[str, Any]) -> None:
    """Hand a packet or the page's settings to the viewer, through an invisible component at `place`."""
    with place:
        component(FOLDER, "explorer-feed", "feed.js")(key=f"{KEY}-{key}", data=as_bytes(content))


def settings(
    *,
    slice: str,
    betas: Sequence[str],
    beta: str,
    scorings: Sequence[str],
    scoring: str,
    linked: bool,
    plant: Any,
) -> dict[str, Any]:
    """What the page's controls say, for the viewer.

    Args:
        slice: as in the header of the packets that belong to them.
        betas: options of the page's slider of training betas, ascending.
        beta: the chosen one.
        scorings: options of the slider of scoring betas.
        scoring: the chosen one.
        linked: whether the scoring beta follows the training beta.
        plant: the anomaly's place, see `plant_of`.
    """
    heard = st.session_state.get("viewer-heard", 0)
    return {
        "slice": slice, "betas": betas, "beta": beta, "scorings": scorings, "scoring": scoring,
        "linked": linked, "plant": plant, "heard": heard,
    }  # fmt: skip


def plant_of(anomaly: Any) -> dict[str, Any]:
    """Place and size of an anomaly as fractions of the image, and its painted shape.

    There is no place where it is drawn from the seed.
    """
    return {
        "plants": anomaly.plants,
        "x": anomaly.x,
        "y": anomaly.y,
        "size": anomaly.size,
        "sizes": SIZES,
        "painted": anomaly.painted,
    }


def whole(number: object) -> int:
    """A whole number from the browser, 0 where it is none."""
    usable = isinstance(number, int | float) and not isinstance(number, bool) and math.isfinite(number)
    return int(number) if usable else 0  # type: ignore[call-overload]


def _constants() -> dict[str, Any]:
    scales = {"grey": MAPS["grey"], "signed": MAPS["signed"], **SCORE_MAPS}
    return {
        "tables": {
            key: base64.b64encode(lookup_table(scale).tobytes()).decode() for key, scale in scales.items()
        },
        "lines": {name: appearance(name).colour for name in PREDICTORS.names()},
        "notice": NOTICE,
    }


CONSTANTS = _constants()
