"""Charts of curves: which lines on which axes; `explorer.ui.curves` draws them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.evaluation.curves import precision_recall, roc
from explorer.evaluation.histogram import ScoreHistogram
from explorer.predictors import PREDICTORS

COLOURS = (
    *("#7f7f7f", "#0072B2", "#D55E00", "#009E73", "#CC79A7"),
    *("#E69F00", "#56B4E9", "#8c564b", "#117733", "#AA4499", "#999933"),
)
DASHES = ("", "7 4", "2 3", "7 3 2 3")
"""Lengths of strokes and gaps, pixels; none: solid."""
POINTS = 120


@dataclass(frozen=True)
class Axis:
    """From `low` to `high`, both above 0 where logarithmic."""

    title: str
    low: float
    high: float
    log: bool = False


@dataclass(frozen=True)
class Line:
    """Points joined by a line.

    Attributes:
        name: for the legend, and of its points where they have no texts.
        x, y: coordinates, as many of each.
        colour: as in a style sheet.
        dash: see `DASHES`.
        thin: whether it stands back.
        mark: what each point is drawn as: `dot`, `ring`, `cross`; none: as nothing.
        texts: what the points are called, one each; empty: all by the line's name; None: they have no names.
    """

    name: str
    x: Sequence[float]
    y: Sequence[float]
    colour: str
    dash: str = ""
    thin: bool = False
    mark: str = ""
    texts: Sequence[str] | None = ()


@dataclass(frozen=True)
class Chart:
    """Lines on two axes.

    Attributes:
        title: above the chart.
        alt: what it shows, for those who cannot see it.
        x_axis, y_axis: to the right and up.
        lines: the first lies undermost.
        legend: whether the lines' names and marks are listed.
    """

    title: str
    alt: str
    x_axis: Axis
    y_axis: Axis
    lines: Sequence[Line]
    legend: bool = False


def line_style(index: int) -> tuple[str, str]:
    """Colour and dash of the predictor at this place of the registry."""
    return COLOURS[index % len(COLOURS)], DASHES[index % len(DASHES)]


def roc_chart(title: str, histograms: Mapping[str, ScoreHistogram]) -> Chart:
    """True against false positive rate, a line a predictor, and the diagonal of chance."""
    curves = {name: roc(histogram).thinned(POINTS) for name, histogram in histograms.items()}
    lines = [_line(name, c.false_positive_rate, c.true_positive_rate) for name, c in curves.items()]
    axes = Axis("False-positive rate", 0, 1), Axis("True-positive rate", 0, 1)
    return _chart(title, *axes, [_reference(0, 1), *lines])


def precision_recall_chart(title: str, histograms: Mapping[str, ScoreHistogram]) -> Chart:
    """Precision against recall, a line a predictor, and the prevalence."""
    curves = {name: precision_recall(histogram).thinned(POINTS) for name, histogram in histograms.items()}
    lines = [_line(name, c.recall, c.precision) for name, c in curves.items()]
    some = next(iter(histograms.values()), ScoreHistogram.empty())
    if some.healthy + some.anomalous:
        share = some.anomalous / (some.healthy + some.anomalous)
        lines.insert(0, _reference(share, share))
    return _chart(title, Axis("Recall", 0, 1), Axis("Precision", 0, 1), lines)


def curve_charts(title: str, histograms: Mapping[str, ScoreHistogram]) -> list[Chart]:
    """Both charts of the same scores, side by side."""
    return [
        roc_chart(f"{title}: ROC", histograms),
        precision_recall_chart(f"{title}: precision-recall", histograms),
    ]


def rate_distortion_chart(
    betas: NDArray[np.float64],
    kl: NDArray[np.float64],
    rec: NDArray[np.float64],
    beta: float,
    here: tuple[float, float],
) -> Chart:
    """Distortion (rec) against rate (KL) on healthy images, with the current beta and the current image.

    Args:
        betas: training betas of the curve, ascending; a model that was trained at one has a point.
        kl: nats an image, at each.
        rec: nats an image, at each.
        beta: the current training beta.
        here: KL and rec of the current image.
    """
    at = [float(np.exp(np.interp(np.log(beta), np.log(betas), np.log(values)))) for values in (kl, rec)]
    moves = len(betas) > 1
    texts = [f"beta {value:.3g}" for value in betas] if moves else ()
    lines = [
        Line("healthy images", kl.tolist(), rec.tolist(), "#0072B2", mark="dot", texts=texts),
        *([Line(f"beta {beta:g}", at[:1], at[1:], "#D55E00", mark="ring")] if moves else []),
        Line("this image", [here[0]], [here[1]], "#009E73", mark="cross"),
    ]
    lines = [line for line in lines if all(0 < value < math.inf for value in (*line.x, *line.y))]
    rates = [value for line in lines for value in line.x]
    distortions = [value for line in lines for value in line.y]
    return Chart(
        "Rate and distortion, healthy images",
        f"KL and reconstruction term of healthy images{f' over the training beta, now {beta:g}' * moves}; "
        f"this image has a KL of {here[0]:.1f} and a reconstruction term of {here[1]:.1f} nats.",
        Axis("Rate: KL (nats)", *_around(rates), log=True),
        Axis("Distortion: rec (nats)", *_around(distortions), log=True),
        lines,
        legend=True,
    )


def _around(values: Sequence[float]) -> tuple[float, float]:
    """A logarithmic range of at least a decade, with some room on both sides."""
    low, high = min(values, default=1.0), max(values, default=1.0)
    room = max(1.1 * (high / low) ** 0.05, math.sqrt(10 * low / high))
    return low / room, high * room


def _chart(title: str, x_axis: Axis, y_axis: Axis, lines: Sequence[Line | None]) -> Chart:
    known = [line for line in lines if line is not None]
    names = ", ".join(line.name for line in known if line.name)
    alt = f"{title}: {y_axis.title} over {x_axis.title}; {names or 'nothing is defined here'}."
    return Chart(title, alt, x_axis, y_axis, known)


def _reference(left: float, right: float) -> Line:
    """What a predictor reaches that knows nothing: a straight line."""
    return Line("", [0.0, 1.0], [left, right], "grey", dash="2 3", thin=True, texts=None)


def _line(name: str, x: NDArray[np.float64], y: NDArray[np.float64]) -> Line | None:
    """The line of a predictor; None where the curve is not defined."""
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        return None
    colour, dash = line_style(PREDICTORS.names().index(name))
    return Line(PREDICTORS[name].title, x.round(4).tolist(), y.round(4).tolist(), colour, dash)
