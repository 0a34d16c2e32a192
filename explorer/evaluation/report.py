"""The figures of a cohort as numbers, for the table, the page and JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from explorer.evaluation.cohort import CohortResult
from explorer.evaluation.curves import auroc, average_precision, best_dice

COLUMNS = ("auroc", "average_precision", "best_dice", "image_auroc", "milliseconds")


def figures(result: CohortResult) -> dict[str, Any]:
    """Figures of every predictor and sample score; None where a class is missing.

    Returns:
        `slices`, `without` (how many of them hold no anomaly, though one was to be planted), `images`,
        `prevalence` (anomalous among counted pixels), `predictors` (name -> auroc, average_precision,
        best_dice, dice_threshold, image_auroc, seconds an image) and `image_auroc` of the sample scores.
    """
    predictors = {}
    for name, counts in result.predictors.items():
        dice = best_dice(counts.pixels)
        predictors[name] = {
            "auroc": number(auroc(counts.pixels)),
            "average_precision": number(average_precision(counts.pixels)),
            "best_dice": number(dice.dice),
            "dice_threshold": number(dice.threshold),
            "image_auroc": number(auroc(counts.images)),
            "seconds": counts.seconds / max(counts.scored, 1),
        }
    some = next(iter(result.predictors.values()), None)
    pixels = 0 if some is None else some.pixels.healthy + some.pixels.anomalous
    return {
        "slices": result.done,
        "without": result.without,
        "images": 0 if some is None else some.scored,
        "prevalence": some.pixels.anomalous / pixels if some is not None and pixels else None,
        "predictors": predictors,
        "image_auroc": {name: number(auroc(counts.images)) for name, counts in result.sample_scores.items()},
    }


def number(value: float) -> float | None:
    """A float for JSON: None instead of NaN."""
    return None if math.isnan(value) else float(value)


def table(report: Mapping[str, Any]) -> str:
    """The figures as aligned text."""
    lines = [f"{'predictor':<24}" + "".join(f"{column.replace('_', ' '):>19}" for column in COLUMNS)]
    for name, row in report["predictors"].items():
        shown = [*(row[column] for column in COLUMNS[:-1]), 1000 * row["seconds"]]
        lines.append(f"{name:<24}" + "".join(f"{'-':>19}" if v is None else f"{v:>19.3f}" for v in shown))
    samples = ", ".join(
        f"{name} {'-' if value is None else f'{value:.3f}'}" for name, value in report["image_auroc"].items()
    )
    prevalence = report["prevalence"]
    share = (
        "no anomalous pixels" if not prevalence else f"{100 * prevalence:.2f} % of counted pixels anomalous"
    )
    without = f" ({report['without']} of them without the anomaly)" if report["without"] else ""
    lines.append(f"{report['slices']} slices{without}, {share}; image AUROC of the sample scores: {samples}")
    return "\n".join(lines)
