"""Charts of curves as SVG, drawn in the browser: fixed places on the page that are fed when curves change.

As with the viewer, what is seen is a component that never changes, so that Streamlit neither mounts it anew
nor lets it flicker while a cohort comes in; the curves come through components without a face.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from explorer.looking.charts import Chart
from explorer.ui.components.mounting import BASE, as_bytes, component

FOLDER = Path(__file__).parent


def show(place: Any, name: str) -> None:
    """Put the charts that will be fed under this name at `place`."""
    with place:
        component(FOLDER, "explorer-curves", "main.js", html="curves.html", css="curves.css")(
            key=f"curves-{name}", data=as_bytes({"name": name})
        )


def feed(place: Any, name: str, charts: Sequence[Chart], turn: int = 0) -> None:
    """Draw these charts, side by side, where `name` is shown.

    Args:
        place: takes an invisible component.
        name: as in `show`.
        charts: from left to right; none: the place becomes empty.
        turn: counts how often the place was fed in one run of the page.
    """
    with place:
        component(BASE, "explorer-curves-feed", "feed.js")(
            key=f"curves-{name}-feed-{turn}",
            data=as_bytes({"name": name, "charts": list(charts)}),
        )
