"""What every chart is made of: a figure, a sentence and a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import plotly.graph_objects as go

from explorer.templates import render

TABLE = Path(__file__).with_name("chart.html")
NEUTRAL = "#888888"
"""Of what stands back, on bright and dark pages."""


@dataclass(frozen=True)
class Switch:
    """What a person may switch on.

    Attributes:
        label: what it does.
        layout: the values that it changes in the figure's layout, by path, e.g. `xaxis.type`.
    """

    label: str
    layout: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Chart:
    """A figure, and the same in words and in numbers.

    Attributes:
        figure: says nothing of text, paper and grid, whose colours are those of the page that shows it.
        alt: what it shows, for those who cannot see it.
        table: what it shows as HTML.
        least_width: pixels that it needs to be legible.
        switch: another way of showing it, or None.
    """

    figure: go.Figure
    alt: str
    table: str
    least_width: int = 280
    switch: Switch | None = None

    def content(self) -> dict[str, Any]:
        """What a browser needs to show it, as JSON has it but for numbers that JSON has not."""
        return vars(self) | {"figure": self.figure.to_dict()}


def figure(traces: Sequence[dict[str, Any]], title: str, basis: str, **layout: Any) -> go.Figure:
    """Traces with a title and, under it, what stands behind them.

    Zoom and hidden lines stay when another figure with the same kinds of traces takes its place.
    """
    shared = {
        "template": "none",
        "title": {"text": title, "subtitle": {"text": basis}, "y": 1, "yanchor": "top", "pad": {"t": 8}},
        "hovermode": "closest",
        "uirevision": "kept",
    }
    return go.Figure(list(traces), shared | layout)


def axis(title: str) -> dict[str, Any]:
    """An axis with its title near to it."""
    return {"title": {"text": title, "standoff": 5}}


def table(headings: Sequence[str], rows: Sequence[Sequence[float | str]]) -> str:
    """Numbers to three digits under their headings, as HTML; the first column names the row."""
    texts = [[cell if isinstance(cell, str) else _number(cell) for cell in row] for row in rows]
    return render(TABLE, headings=headings, rows=texts)


def _number(value: float) -> str:
    return "–" if value != value else f"{value:.3g}"
