"""The predictors' figures as an HTML table."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from explorer.evaluation.curves import auroc, average_precision
from explorer.evaluation.histogram import ScoreHistogram
from explorer.predictors import PREDICTORS
from explorer.predictors.appearance import appearance
from explorer.templates import render

TEMPLATE = Path(__file__).with_suffix(".html")
HEADINGS = (
    ("Slice", "AUROC", "AUROC over the foreground pixels of this slice"),
    ("Slice", "AP", "average precision over the foreground pixels of this slice"),
    ("Cohort", "AUROC", "AUROC over the foreground pixels of the cohort's anomalous slices"),
    ("Cohort", "AP", "average precision over the same pixels"),
    ("Best", "Dice", "largest Dice over all thresholds, on the cohort itself: too good for a new cohort"),
    ("Threshold of", "best Dice", "the score at which the best Dice is reached"),
    (
        "Image",
        "AUROC",
        "images with against those without anomaly; score: mean of the highest 1 % of pixels",
    ),
    ("ms an", "image", "time for this map alone, the passes of the network that it needs included"),
)
"""Above, below, and what stands under both."""
COHORT = ("auroc", "average_precision", "best_dice", "dice_threshold", "image_auroc")
THRESHOLD, TIME = 5, 7
"""Columns whose values have no best, and are not fractions."""
MARGIN = 0.01
"""Figures that lie nearer to each other are not told apart: other slices turn them round."""
BOLD = (
    f"Bold: the best of a column and what is within {MARGIN:g} of it; nothing where that is all of them, or "
    "no better than chance."
)


def figures_table(slice_histograms: Mapping[str, ScoreHistogram], cohort: Mapping[str, Any] | None) -> str:
    """A row a predictor: slice AUROC and AP, then the cohort's figures; see `evaluation.report.figures`."""
    known = cohort["predictors"] if cohort else {}
    values = {name: _values(one, known.get(name)) for name, one in slice_histograms.items()}
    columns = zip(*values.values(), strict=True)
    chances = _chances(slice_histograms, cohort)
    bold = [_bold(column, chances[i]) for i, column in enumerate(columns)]
    rows = [
        {
            "colour": appearance(name).colour,
            "title": PREDICTORS[name].title,
            "cells": [
                {"text": _text(value, i), "best": value is not None and value >= bold[i]}
                for i, value in enumerate(row)
            ],
        }
        for name, row in values.items()
    ]
    return render(TEMPLATE, headings=HEADINGS, rows=rows)


def _values(histogram: ScoreHistogram, cohort: Mapping[str, Any] | None) -> list[float | None]:
    """One row, as many as `HEADINGS`."""
    slice_values = [auroc(histogram), average_precision(histogram)]
    if not cohort:
        return [*slice_values, *[None] * (len(COHORT) + 1)]
    return [*slice_values, *(cohort[key] for key in COHORT), 1000 * cohort["seconds"]]


def _text(value: float | None, column: int) -> str:
    if value is None or value != value:
        return "–"
    if column == THRESHOLD:
        return f"{value:.3g}"
    return f"{value:.1f}" if column == TIME else f"{value:.3f}"


def _bold(values: Sequence[float | None], chance: float) -> float:
    """From which value on a column's figures are the best, as `BOLD` says; infinite where none is."""
    known = [value for value in values if value is not None and value == value]
    best = max(known, default=0.0)
    least = best - MARGIN
    return math.inf if best <= chance or all(value >= least for value in known) else least


def _chances(histograms: Mapping[str, ScoreHistogram], cohort: Mapping[str, Any] | None) -> list[float]:
    """What a map that knows nothing reaches in each column."""
    some = next(iter(histograms.values()), ScoreHistogram.empty())
    slice_share = some.anomalous / max(some.healthy + some.anomalous, 1)
    share = (cohort or {}).get("prevalence") or 0.0
    none = math.inf  # of what has no best
    return [0.5, slice_share, 0.5, share, 2 * share / (1 + share), none, 0.5, none]
