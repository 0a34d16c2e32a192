"""A cohort's figures and curves as CSV: a line of names, then rows each of which says what it came from."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from explorer import NOTICE
from explorer.evaluation.cohort import CohortResult
from explorer.evaluation.curves import precision_recall, roc
from explorer.evaluation.histogram import ScoreHistogram
from explorer.evaluation.report import figures
from explorer.foreign import cell
from explorer.looking.output.about import about
from explorer.looking.scene import Scene
from explorer.settings import format_settings

POINTS = 400
"""Of a curve, at most: what a chart can show."""
FIGURES = ("auroc", "average_precision", "best_dice", "dice_threshold", "image_auroc")
WAY = ("kind", "map", "map_settings", "training_beta", "kl_weight")
POINT = ("threshold", "false_positive_rate", "true_positive_rate", "precision")


def cohort_csv(scene: Scene, result: CohortResult) -> str:
    """The figures of a cohort, a row a map and a row a sample score; see `evaluation.report.figures`."""
    found = figures(result)
    counted = [found["slices"], found["without"], found["prevalence"]]
    names = [*WAY, "slices", "slices_without", "prevalence", *FIGURES, "milliseconds_an_image"]
    maps = (
        [*_way(scene, name), *counted, *(row[key] for key in FIGURES), 1000 * row["seconds"]]
        for name, row in found["predictors"].items()
    )
    nothing = [None] * (len(FIGURES) - 1)
    samples = (
        ["sample score", name, "", *_betas(scene), *counted, *nothing, value, None]
        for name, value in found["image_auroc"].items()
    )
    return _csv(about(scene), names, [*maps, *samples])


def curves_csv(scene: Scene, result: CohortResult) -> str:
    """Points of the cohort's ROC and precision-recall curves, a row a threshold; none where undefined."""
    rows = (
        [*_way(scene, name), *point]
        for name, counts in result.predictors.items()
        for point in _points(counts.pixels)
    )
    return _csv(about(scene), [*WAY, *POINT], rows)


def _points(histogram: ScoreHistogram) -> Iterator[Sequence[float]]:
    """Values of `POINT` at thresholds that occur, falling."""
    if not histogram.healthy or not histogram.anomalous:
        return
    rates, precision = roc(histogram), precision_recall(histogram).precision
    kept = np.isin(rates.thresholds, rates.thinned(POINTS).thresholds)[1:]  # none reaches the first
    columns = (rates.thresholds, rates.false_positive_rate, rates.true_positive_rate, precision)
    yield from zip(*(column[1:][kept].tolist() for column in columns), strict=True)


def _way(scene: Scene, name: str) -> list[Any]:
    """Values of `WAY` of a map."""
    return ["map", name, format_settings(scene.state.predictors[name], whole=True), *_betas(scene)]


def _betas(scene: Scene) -> tuple[float, float]:
    return scene.state.beta, scene.state.scoring_beta


def _csv(made: Mapping[str, Any], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A table with what all rows share before each, and the notice after it."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([*made, *names, "notice"])
    writer.writerows([cell(value) for value in (*made.values(), *row, NOTICE)] for row in rows)
    return text.getvalue()
