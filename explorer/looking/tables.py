"""The predictors' figures as an HTML table."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

from explorer.evaluation.curves import auroc, average_precision
from explorer.evaluation.histogram import ScoreHistogram
from explorer.looking.charts import COLOURS
from explorer.predictors import PREDICTORS

HEADINGS = (
    ("Slice<br>AUROC", "AUROC over the foreground pixels of this slice"),
    ("Slice<br>AP", "average precision over the foreground pixels of this slice"),
    ("Cohort<br>AUROC", "AUROC over the foreground pixels of the cohort's anomalous slices"),
    ("Cohort<br>AP", "average precision over the same pixels"),
    ("Best<br>Dice", "largest Dice over all thresholds, on the cohort itself: too good for a new cohort"),
    ("at<br>threshold", "the score at which the best Dice is reached"),
    (
        "Image<br>AUROC",
        "images with against images without anomaly; score: mean of the highest 1 % of pixels",
    ),
    ("ms an<br>image", "time for this map alone, the passes of the network that it needs included"),
)

THRESHOLD, TIME = 5, 7
"""Columns whose values have no best, and are not fractions."""


def figures_table(slice_histograms: Mapping[str, ScoreHistogram], cohort: Mapping[str, Any] | None) -> str:
    """A row a predictor: slice AUROC and AP, then the cohort's figures; see `evaluation.report.figures`."""
    rows = {}
    for name, histogram in slice_histograms.items():
        found = cohort["predictors"].get(name) if cohort else None
        values: list[float | None] = [auroc(histogram), average_precision(histogram)]
        keys = ("auroc", "average_precision", "best_dice", "dice_threshold", "image_auroc")
        values += [found[key] if found else None for key in keys]
        rows[name] = [*values, 1000 * found["seconds"] if found else None]
    best = [
        _largest([row[i] for row in rows.values()]) if i not in (THRESHOLD, TIME) else None for i in range(8)
    ]
    head = "".join(
        f'<th scope="col" title="{html.escape(meaning)}">{text}</th>' for text, meaning in HEADINGS
    )
    body = "".join(_row(name, row, best) for name, row in rows.items())
    return (
        f'<div class="xp-scroll"><table class="xp-table"><thead><tr><th scope="col">Predictor</th>{head}</tr>'
        f"</thead><tbody>{body}</tbody></table></div>"
    )


def _row(name: str, values: list[float | None], best: list[float | None]) -> str:
    colour = COLOURS[PREDICTORS.names().index(name) % len(COLOURS)]
    cells = "".join(
        f"<td{' class=best' if value is not None and value == top else ''}>{_text(value, i)}</td>"
        for i, (value, top) in enumerate(zip(values, best, strict=True))
    )
    title = html.escape(PREDICTORS[name].title)
    return f'<tr><td><span class="xp-key" style="background:{colour}"></span>{title}</td>{cells}</tr>'


def _text(value: float | None, column: int) -> str:
    if value is None or value != value:
        return "–"
    if column == THRESHOLD:
        return f"{value:.3g}"
    return f"{value:.1f}" if column == TIME else f"{value:.3f}"


def _largest(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None and value == value]
    return max(known, default=None)
