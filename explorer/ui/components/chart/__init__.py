"""Charts by plotly: fixed places on the page that are fed when their figures change.

As with the viewer, what is seen is a component that never changes, so that Streamlit neither mounts it anew
nor lets it flicker while a cohort comes in; the figures come through components without a face. Plotly itself
comes from the app's own server, see `route`. It puts its styles into the document, which do not reach into a
shadow root, so the component has none.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer.ui.components.chart.route import SCRIPT
from explorer.ui.components.mounting import BASE, as_bytes, component

if TYPE_CHECKING:  # the server takes the route from here before it has loaded torch
    from explorer.looking.charts import Chart

FOLDER = Path(__file__).parent
FILES = {"html": "chart.html", "css": "chart.css"}


def show(place: Any, name: str) -> None:
    """Put the charts that will be fed under this name at `place`."""
    with place:
        component(FOLDER, "explorer-charts", "main.js", isolated=False, **FILES)(
            key=f"charts-{name}", data=as_bytes({"name": name, "script": SCRIPT})
        )


def feed(place: Any, name: str, charts: Sequence[Chart], turn: int = 0) -> None:
    """Draw these charts, side by side, where `name` is shown.

    Args:
        place: takes an invisible component.
        name: as in `show`.
        charts: from left to right; none: the place becomes empty.
        turn: counts how often the place was fed in one run of the page.
    """
    content = {"name": name, "charts": [chart.content() for chart in charts]}
    with place:
        component(BASE, "explorer-charts-feed", "page/feed.js")(
            key=f"charts-{name}-feed-{turn}", data=as_bytes(content)
        )
