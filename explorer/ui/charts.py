"""Curves as plotly figures."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from explorer.evaluation.curves import precision_recall, roc
from explorer.evaluation.histogram import ScoreHistogram
from explorer.predictors import PREDICTORS

COLOURS = (
    *("#7f7f7f", "#0072B2", "#D55E00", "#009E73", "#CC79A7"),
    *("#E69F00", "#56B4E9", "#8c564b", "#117733", "#AA4499", "#999933"),
)
DASHES = ("solid", "dash", "dot", "dashdot")
POINTS = 120


def line_style(index: int) -> dict[str, object]:
    """Colour and dash of the predictor at this place of the registry."""
    return {"color": COLOURS[index % len(COLOURS)], "dash": DASHES[index % len(DASHES)], "width": 2}


def roc_chart(title: str, histograms: Mapping[str, ScoreHistogram]) -> go.Figure:
    """True against false positive rate, a line a predictor, and the diagonal of chance."""
    figure = _empty(title, "False-positive rate", "True-positive rate")
    _reference(figure, 0, 1)
    for name, histogram in histograms.items():
        curve = roc(histogram).thinned(POINTS)
        _add(figure, name, curve.false_positive_rate, curve.true_positive_rate)
    return figure


def precision_recall_chart(title: str, histograms: Mapping[str, ScoreHistogram]) -> go.Figure:
    """Precision against recall, a line a predictor, and the prevalence."""
    figure = _empty(title, "Recall", "Precision")
    some = next(iter(histograms.values()), None)
    if some is not None and some.healthy + some.anomalous:
        share = some.anomalous / (some.healthy + some.anomalous)
        _reference(figure, share, share)
    for name, histogram in histograms.items():
        curve = precision_recall(histogram).thinned(POINTS)
        _add(figure, name, curve.recall, curve.precision)
    return figure


def rate_distortion_chart(
    betas: NDArray[np.float64],
    kl: NDArray[np.float64],
    rec: NDArray[np.float64],
    beta: float,
    here: tuple[float, float],
) -> go.Figure:
    """Distortion (rec) against rate (KL) on healthy images, with the current beta and the current image.

    Args:
        betas: training betas of the curve, ascending.
        kl: nats an image, at each.
        rec: nats an image, at each.
        beta: the current training beta.
        here: KL and rec of the current image.
    """
    figure = _empty("Rate and distortion, healthy images", "Rate: KL (nats)", "Distortion: rec (nats)")
    figure.update_xaxes(type="log", range=None, autorange=True)
    figure.update_yaxes(type="log", range=None, autorange=True)
    texts = [f"beta {b:.3g}" for b in betas]
    figure.add_scatter(
        x=kl, y=rec, mode="lines+markers", text=texts, line={"color": "#0072B2"}, name="healthy images",
        hovertemplate="%{text}<br>KL %{x:.1f}, rec %{y:.1f}<extra></extra>",
    )  # fmt: skip
    at = np.log(beta)
    figure.add_scatter(
        x=[np.exp(np.interp(at, np.log(betas), np.log(kl)))],
        y=[np.exp(np.interp(at, np.log(betas), np.log(rec)))],
        mode="markers",
        marker={"size": 13, "color": "#D55E00", "symbol": "circle-open", "line": {"width": 3}},
        name=f"beta {beta:g}", hovertemplate=f"current beta {beta:g}<extra></extra>",
    )  # fmt: skip
    figure.add_scatter(
        x=[here[0]], y=[here[1]], mode="markers", marker={"size": 10, "color": "#009E73", "symbol": "x"},
        name="this image", hovertemplate="this image: KL %{x:.1f}, rec %{y:.1f}<extra></extra>",
    )  # fmt: skip
    figure.update_layout(
        showlegend=True, legend={"x": 1, "y": 1, "xanchor": "right", "yanchor": "top", "font": {"size": 11}}
    )
    return figure


def _reference(figure: go.Figure, left: float, right: float) -> None:
    """What a predictor reaches that knows nothing: a straight line."""
    figure.add_scatter(
        x=[0, 1],
        y=[left, right],
        mode="lines",
        line={"color": "grey", "width": 1, "dash": "dot"},
        hoverinfo="skip",
    )


def _add(figure: go.Figure, name: str, x: NDArray[np.float64], y: NDArray[np.float64]) -> None:
    if not np.isfinite(y).all() or not np.isfinite(x).all():
        return
    title = PREDICTORS[name].title
    figure.add_scatter(
        x=x.astype(np.float32),
        y=y.astype(np.float32),
        mode="lines",
        line=line_style(PREDICTORS.names().index(name)),
        name=title,
        hovertemplate=f"{title}<br>%{{x:.3f}}, %{{y:.3f}}<extra></extra>",
    )


def _empty(title: str, x_title: str, y_title: str) -> go.Figure:
    figure = go.Figure()
    figure.update_layout(
        title={"text": title, "font": {"size": 14}, "x": 0, "xref": "container", "y": 0.98, "yanchor": "top"},
        height=275,
        margin={"l": 4, "r": 8, "t": 30, "b": 4},
        showlegend=False,
        dragmode=False,
        uirevision="fixed",
    )
    figure.update_xaxes(
        title={"text": x_title, "standoff": 4}, range=[0, 1], automargin=True, fixedrange=True
    )
    figure.update_yaxes(
        title={"text": y_title, "standoff": 4}, range=[0, 1.01], automargin=True, fixedrange=True
    )
    return figure
