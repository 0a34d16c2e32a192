"""ROC and precision-recall of a finding as drawings that a page holds: SVG paths on a unit square."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.evaluation.curves import precision_recall, roc
from explorer.evaluation.histogram import ScoreHistogram

POINTS = 160
"""Of a line, at most."""
SIDE = 200
"""Units of the drawing to a rate of 1."""


@dataclass(frozen=True)
class Drawing:
    """A curve.

    Attributes:
        title: what it is.
        across, up: what the axes are.
        path: the line, `d` of an SVG path; `SIDE` units to 1, the origin at the upper left.
        chance: the line of a map that knows nothing, likewise.
    """

    title: str
    across: str
    up: str
    path: str
    chance: str


def drawings(histogram: ScoreHistogram) -> list[Drawing]:
    """Both curves; none where there are no anomalous or no healthy pixels, so that they are not defined."""
    if not histogram.healthy or not histogram.anomalous:
        return []
    rates = roc(histogram).thinned(POINTS)
    precisions = precision_recall(histogram).reached().thinned(POINTS)
    level = SIDE * (1 - histogram.anomalous / (histogram.healthy + histogram.anomalous))
    return [
        Drawing(
            "ROC",
            "false-positive rate",
            "true-positive rate",
            _path(rates.false_positive_rate, rates.true_positive_rate),
            f"M0 {SIDE}L{SIDE} 0",
        ),
        Drawing(
            "Precision-recall",
            "recall",
            "precision",
            _path(precisions.recall, precisions.precision),
            f"M0 {level:.2f}H{SIDE}",
        ),
    ]


def _path(x: NDArray[np.float64], y: NDArray[np.float64]) -> str:
    return "M" + "L".join(f"{SIDE * a:.2f} {SIDE * (1 - b):.2f}" for a, b in zip(x, y, strict=True))
