"""ROC and precision-recall of several predictors, side by side."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.evaluation.curves import auroc, average_precision, precision_recall, roc
from explorer.evaluation.histogram import ScoreHistogram
from explorer.looking.charts.chart import NEUTRAL, Chart, Switch, axis, figure, table
from explorer.predictors import PREDICTORS
from explorer.predictors.appearance import appearance

POINTS = 160
"""Of a line, at most."""
LOWEST = 1e-4
"""Where the logarithmic axis of false-positive rates begins."""
LEAST_WIDTH = 400
"""Pixels for both charts beside each other."""
UNIT = [-0.01, 1.01]
"""Rates, with room for half a line."""
STEPS, LONG = 60, 1.3
"""Of the logarithmic axis; the ratio of rates from which a chord is seen to be bent on it."""
LOGARITHMIC = Switch(
    "logarithmic false-positive rate",
    {"xaxis.type": "log", "xaxis.range": [math.log10(LOWEST), 0.01], "xaxis.dtick": 1},
)
MARKERS = 6
"""Of a line, at most: enough to tell it from others."""
HEADINGS = ("Predictor", "AUROC", "AP", "Sensitivity at 1 % false positives", "at 5 %")
RATES = "false-positive rate %{x:.4g}, true-positive rate %{y:.4g}"
PRECISIONS = "recall %{x:.4g}, precision %{y:.4g}"
SECOND = {"xaxis": "x2", "yaxis": "y2", "showlegend": False}
"""What makes a line one of the second chart, under the name that the first one lists."""


def curve_charts(title: str, histograms: Mapping[str, ScoreHistogram], basis: str = "") -> list[Chart]:
    """True against false positive rate, and precision against recall, a line a predictor in each.

    The first has a switch to a logarithmic axis; thin lines show what chance reaches. Every line bears its
    number in the legend. A curve that is not defined is left out.

    Args:
        title: whose scores these are, e.g. `This slice`.
        histograms: scores by predictor.
        basis: what was counted beside pixels, e.g. `64 slices of 64 subjects`.
    """
    kinds = f"{title}: ROC and precision-recall"
    some = next(iter(histograms.values()), ScoreHistogram.empty())
    rows = {PREDICTORS[name].title: _figures(histogram) for name, histogram in histograms.items()}
    traces = _chance(some)
    for number, (name, histogram) in enumerate(histograms.items(), 1):
        traces += _lines(number, name, histogram)
    behind = ", ".join(part for part in (basis, _pixels(some)) if part)
    found = figure(traces, kinds, behind, **_axes())
    said = "; ".join(f"{name}: AUROC {row[0]:.3f}, AP {row[1]:.3f}" for name, row in rows.items())
    alt = f"{kinds}. {behind}. {said or 'No predictor is chosen'}."
    figures = table(HEADINGS, [(name, *row) for name, row in rows.items()])
    return [Chart(found, alt, figures, LEAST_WIDTH, LOGARITHMIC)]


def _figures(histogram: ScoreHistogram) -> tuple[float, ...]:
    """What stands under `HEADINGS`."""
    curve = roc(histogram)
    return (
        auroc(histogram),
        average_precision(histogram),
        curve.sensitivity_at(0.01),
        curve.sensitivity_at(0.05),
    )


def _pixels(histogram: ScoreHistogram) -> str:
    """How many pixels were counted, and how many of them are anomalous."""
    pixels = histogram.healthy + histogram.anomalous
    if not histogram.anomalous:
        return f"{pixels:,} pixels, none anomalous: no curve is defined"
    return f"{pixels:,} pixels, {100 * histogram.anomalous / pixels:.1f} % anomalous"


def _lines(number: int, name: str, histogram: ScoreHistogram) -> list[dict[str, Any]]:
    """A predictor's line in both charts; none where the curves are not defined.

    All lines end in the same corner, so their numbers stand where they are furthest apart: where sensitivity
    equals specificity, and where precision equals recall. By their `uid` plotly knows lines again when
    another figure comes: what was hidden stays so.
    """
    if not histogram.healthy or not histogram.anomalous:
        return []
    rates = roc(histogram).thinned(POINTS, LOWEST)
    false, true, places = _bent(rates.false_positive_rate, rates.true_positive_rate)
    precisions = precision_recall(histogram).reached().thinned(POINTS)
    look = appearance(name)
    style = {
        "name": f"{number} {PREDICTORS[name].title}",
        "legendgroup": name,
        "mode": "lines+markers",
        "line": {"color": look.colour, "dash": look.dash, "width": 2},
        "marker": {"symbol": look.marker, "size": 7, "maxdisplayed": MARKERS},
    }
    left = _points(false, true, rates.thresholds[places], RATES)
    right = _points(precisions.recall, precisions.precision, precisions.thresholds, PRECISIONS)
    both = [style | left | {"uid": name}, style | right | SECOND | {"uid": f"{name}2"}]
    numbers = [
        _numbered(number, both[0], np.abs(false + true - 1)) | {"textposition": "top left"},
        _numbered(number, both[1], np.abs(precisions.recall - precisions.precision))
        | {"textposition": "top right"},
    ]
    return [*both, *numbers]


def _points(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    thresholds: NDArray[np.float32],
    hover: str,
) -> dict[str, Any]:
    """Points of a line, each with its threshold."""
    return {
        "type": "scatter",
        "x": x.astype(np.float32),
        "y": y.astype(np.float32),
        "customdata": thresholds,
        "hovertemplate": f"%{{fullData.name}}<br>{hover}<br>threshold %{{customdata:.4g}}<extra></extra>",
    }


def _numbered(number: int, line: Mapping[str, Any], distance: NDArray[np.float64]) -> dict[str, Any]:
    """A line's number at its point whose `distance` is least; it is hidden with the line."""
    place = int(distance.argmin())
    kept = {key: line[key] for key in ("legendgroup", "xaxis", "yaxis") if key in line}
    return kept | {
        "type": "scatter",
        "mode": "text",
        "uid": f"{line['uid']}-number",
        "x": [float(line["x"][place])],
        "y": [float(line["y"][place])],
        "text": [str(number)],
        "textfont": {"color": line["line"]["color"], "size": 14, "weight": 700},
        "showlegend": False,
        "hoverinfo": "skip",
    }


def _bent(
    x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.intp]]:
    """Points along the rising chords of a ROC, which are straight on a linear axis only.

    Returns:
        x, y, and for each point the place of the given one that it is, or that its chord leads to.
    """
    steps = np.geomspace(LOWEST, 1, STEPS)[:-1]
    ends = np.searchsorted(x, steps, side="right")
    chosen = (x[ends] > LONG * np.maximum(x[ends - 1], LOWEST)) & (y[ends] > y[ends - 1])
    steps, ends = steps[chosen], ends[chosen]
    share = (steps - x[ends - 1]) / (x[ends] - x[ends - 1])
    along = y[ends - 1] + share * (y[ends] - y[ends - 1])
    places = np.insert(np.arange(len(x)), ends, ends)
    return np.insert(x, ends, steps), np.insert(y, ends, along), places


def _chance(histogram: ScoreHistogram) -> list[dict[str, Any]]:
    """What a predictor reaches that knows nothing: the diagonal, and the prevalence."""
    if not histogram.healthy or not histogram.anomalous:
        return []
    ends = np.array([0.0, 1.0])
    rates, _, _ = _bent(ends, ends)
    level = np.full(2, histogram.anomalous / (histogram.healthy + histogram.anomalous))
    style = {
        "type": "scatter",
        "name": "Chance",
        "legendgroup": "chance",
        "mode": "lines",
        "line": {"color": NEUTRAL, "dash": "dot", "width": 1},
        "hoverinfo": "skip",
    }
    return [
        style | {"uid": "chance", "x": rates, "y": rates},
        style | SECOND | {"uid": "chance2", "x": ends, "y": level},
    ]


def _axes() -> dict[str, Any]:
    """Two pairs of axes beside each other, the legend below."""
    left, right = {"range": UNIT, "domain": [0, 0.44]}, {"range": UNIT, "domain": [0.56, 1]}
    up = {"range": UNIT, "dtick": 0.2}
    return {
        "height": 360,
        "margin": {"l": 44, "r": 6, "t": 54, "b": 100},
        "xaxis": axis("False-positive rate") | left | {"tickformat": "~g"},
        "yaxis": axis("True-positive rate") | up,
        "xaxis2": axis("Recall") | right | {"anchor": "y2"},
        "yaxis2": axis("Precision") | up | {"anchor": "x2"},
        "legend": {"orientation": "h", "x": 0, "y": -0.2, "yanchor": "top"},
    }
