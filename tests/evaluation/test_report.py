"""Figures for table and JSON."""

from __future__ import annotations

import dataclasses
import json
import math

import pytest
import torch

from explorer.evaluation.cohort import CohortResult, Counts
from explorer.evaluation.histogram import ScoreHistogram
from explorer.evaluation.report import figures, number, table


def counts(scores: list[float], labels: list[int], images: list[float], wrong: list[int]) -> Counts:
    pixels = ScoreHistogram.of(torch.tensor(scores), torch.tensor(labels).bool())
    return Counts(pixels, ScoreHistogram.of(torch.tensor(images), torch.tensor(wrong).bool()), 0.5, 4)


def result(one: Counts) -> CohortResult:
    return CohortResult(2, 2, {"kl-gradient": one}, {"rec": one, "kl": one, "elbo": one})


WHOLE = counts([1.0, 2.0, 3.0, 4.0], [0, 1, 0, 1], [1.0, 2.0], [0, 1])
HEALTHY = counts([], [], [1.0, 2.0], [0, 0])


def test_figures_are_those_counted_by_hand() -> None:
    found = figures(result(WHOLE))
    assert (found["slices"], found["images"], found["prevalence"]) == (2, 4, 0.5)
    assert found["predictors"]["kl-gradient"] == pytest.approx(
        {
            "auroc": 0.75,
            "average_precision": (1 + 2 / 3) / 2,
            "best_dice": 0.8,
            "dice_threshold": 2.0,
            "image_auroc": 1.0,
            "seconds": 0.125,
        }
    )
    assert found["image_auroc"] == {"rec": 1.0, "kl": 1.0, "elbo": 1.0}


def test_missing_classes_are_null_and_never_nan() -> None:
    found = figures(result(HEALTHY))
    assert found["prevalence"] is None
    assert found["predictors"]["kl-gradient"]["auroc"] is None
    assert found["image_auroc"]["kl"] is None
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_numbers_for_json() -> None:
    assert number(math.nan) is None
    assert number(0.25) == 0.25


@pytest.mark.parametrize("one", [WHOLE, HEALTHY])
def test_the_table_is_aligned(one: Counts) -> None:
    header, row, summary = table(figures(result(one))).splitlines()
    assert len(header) == len(row)
    assert row.startswith("kl-gradient ")
    assert summary.startswith("2 slices")
    assert "nan" not in row + summary


def test_the_table_says_how_many_slices_hold_no_anomaly() -> None:
    some = dataclasses.replace(result(WHOLE), without=1)
    assert (
        table(figures(some)).splitlines()[-1].startswith("2 slices (1 of them without the anomaly), 50.00 %")
    )
    assert "without" not in table(figures(result(WHOLE)))


def test_the_table_shows_what_was_measured() -> None:
    text = table(figures(result(WHOLE)))
    assert text.splitlines()[1].split() == ["kl-gradient", "0.750", "0.833", "0.800", "1.000", "125.000"]
    assert "50.00 % of counted pixels anomalous" in text
    assert "no anomalous pixels" in table(figures(result(HEALTHY)))
