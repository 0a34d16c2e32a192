"""The cohort's files: any program reads them, and each row says what it came from and what the page shows."""

from __future__ import annotations

import csv
import io

import pytest

from explorer import NOTICE
from explorer.evaluation.cohort import CohortResult
from explorer.evaluation.curves import roc
from explorer.evaluation.report import figures
from explorer.looking.cohort import cohort
from explorer.looking.output.cohort_files import POINTS, cohort_csv, curves_csv
from explorer.looking.scene import Scene, resolve
from explorer.looking.state import State
from explorer.predictors import PREDICTORS
from explorer.settings import parse_settings


@pytest.fixture
def scene(state: State) -> Scene:
    return resolve(state)


@pytest.fixture
def result(scene: Scene) -> CohortResult:
    *_, last = cohort(scene)
    return last


def rows(text: str) -> list[dict[str, str]]:
    """As any reader of CSV has them; a line of another length would show under the name None."""
    found = list(csv.DictReader(io.StringIO(text)))
    assert found and all(None not in row and None not in row.values() for row in found)
    return found


def test_the_first_line_names_the_columns_and_each_row_how_it_was_made(
    scene: Scene, result: CohortResult
) -> None:
    state = scene.state
    for row in (*rows(cohort_csv(scene, result)), *rows(curves_csv(scene, result))):
        assert (row["dataset"], row["model"], row["seed"]) == (state.dataset, state.model, str(state.seed))
        assert row["model_sha256"] == scene.pretrained.card.sha256 and row["notice"] == NOTICE
        assert row["anomaly"] == state.anomaly_name
        assert (
            parse_settings(type(state.anomaly), row["anomaly_settings"])["strength"] == state.anomaly.strength
        )
        assert (float(row["training_beta"]), float(row["kl_weight"])) == (state.beta, state.scoring_beta)


def test_figures_are_those_of_the_page(scene: Scene, result: CohortResult) -> None:
    found, told = figures(result), rows(cohort_csv(scene, result))
    maps = {row["map"]: row for row in told if row["kind"] == "map"}
    assert list(maps) == list(scene.state.predictors)
    for name, row in maps.items():
        assert float(row["auroc"]) == found["predictors"][name]["auroc"]
        assert parse_settings(PREDICTORS[name], row["map_settings"]) == vars(scene.state.predictors[name])
    samples = {row["map"]: row["image_auroc"] for row in told if row["kind"] == "sample score"}
    assert {name: float(value) for name, value in samples.items()} == found["image_auroc"]


def test_curves_are_the_charts_point_by_point(scene: Scene, result: CohortResult) -> None:
    told = rows(curves_csv(scene, result))
    for name, counts in result.predictors.items():
        own = [row for row in told if row["map"] == name]
        curve = roc(counts.pixels)
        exact = dict(zip(curve.thresholds.tolist(), curve.true_positive_rate.tolist(), strict=True))
        assert 2 <= len(own) <= POINTS
        assert all(exact[float(row["threshold"])] == float(row["true_positive_rate"]) for row in own)
        assert float(own[-1]["true_positive_rate"]) == float(own[-1]["false_positive_rate"]) == 1
        assert float(own[-1]["precision"]) == pytest.approx(
            counts.pixels.anomalous / (counts.pixels.healthy + counts.pixels.anomalous)
        )
