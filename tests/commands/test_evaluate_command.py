"""The command that repeats a page says all that was chosen, and gives its figures to the last digit."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from explorer.anomalies import ANOMALIES
from explorer.anomalies.shape.painted import CELLS, encode
from explorer.cards import load_pretrained
from explorer.commands.arguments import plugin_from, told_apart
from explorer.commands.evaluate import evaluate_command
from explorer.commands.main import build_parser, main
from explorer.datasets import load_dataset
from explorer.evaluation.cohort import Scoring, run_cohort
from explorer.evaluation.report import figures
from explorer.predictors import PREDICTORS
from tests.support.commands import with_tiny_model
from tests.support.tiny import NAME


@pytest.fixture(autouse=True)
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return with_tiny_model(tmp_path, monkeypatch)


CHOSEN: dict[str, Any] = {
    "dataset": "fashion-mnist",
    "anomaly": ANOMALIES["lesion"](strength=0.1 + 0.2, sign="darker", x=1 / 3, y=0.25),  # type: ignore[call-arg]
    "model": NAME,
    "beta": 10**-0.5,
    "scoring_beta": 1 / 3,
    "slices": 11,
    "seed": 3,
    "predictors": [
        PREDICTORS["elbo-gradient"](),
        PREDICTORS["reconstruction-error"](sign="positive", tolerance=1),  # type: ignore[call-arg]
        PREDICTORS["reconstruction-error"](),
        PREDICTORS["ensemble"](members="intensity,kl-gradient", rule="product"),  # type: ignore[call-arg]
        PREDICTORS["kl-gradient"](copies=2, seed=5),  # type: ignore[call-arg]
    ],
}


def test_the_command_of_a_page_says_all_that_was_chosen() -> None:
    words = shlex.split(evaluate_command(**CHOSEN))
    assert words[:4] == ["python", "-m", "explorer", "evaluate"]
    parsed = build_parser().parse_args(words[3:])
    assert plugin_from(ANOMALIES, parsed.anomaly) == CHOSEN["anomaly"]
    assert [plugin_from(PREDICTORS, text) for text in parsed.predictor] == CHOSEN["predictors"]
    for key in ("dataset", "model", "beta", "scoring_beta", "slices", "seed"):
        assert getattr(parsed, key) == CHOSEN[key]
    for name in ANOMALIES.names():
        default = ANOMALIES[name]()
        line = evaluate_command(**{**CHOSEN, "anomaly": default})
        assert plugin_from(ANOMALIES, build_parser().parse_args(shlex.split(line)[3:]).anomaly) == default


def test_a_painted_anomaly_is_repeated_as_well() -> None:
    painted = np.zeros((CELLS, CELLS), bool)
    painted[20:40, 10:30] = True
    anomaly = ANOMALIES["lesion"](painted=encode(painted))
    words = shlex.split(evaluate_command(**{**CHOSEN, "anomaly": anomaly}))
    assert plugin_from(ANOMALIES, build_parser().parse_args(words[3:]).anomaly) == anomaly


def test_a_name_that_a_shell_would_take_apart_is_quoted() -> None:
    assert "'a b; c'" in evaluate_command(**{**CHOSEN, "model": "a b; c"})


def test_the_command_of_a_page_gives_its_figures_to_the_last_digit(tmp_path: Path) -> None:
    pretrained = load_pretrained(NAME, torch.device("cpu"))
    scoring = Scoring(
        model=pretrained.model,
        calibration=pretrained.calibration["fashion-mnist"],
        predictors=told_apart(CHOSEN["predictors"]),
        beta=CHOSEN["beta"],
        scoring_beta=CHOSEN["scoring_beta"],
        device=torch.device("cpu"),
    )
    *_, result = run_cohort(
        load_dataset("fashion-mnist"), CHOSEN["anomaly"], scoring, CHOSEN["slices"], CHOSEN["seed"]
    )
    by_page = json.loads(json.dumps(figures(result)))
    file = tmp_path / "report.json"
    words = shlex.split(evaluate_command(**CHOSEN))
    assert main([*words[3:], "--device", "cpu", "--json", str(file)]) == 0
    by_command = json.loads(file.read_text(encoding="utf-8"))
    for report in (by_page, by_command):
        for row in report["predictors"].values():
            row.pop("seconds")
    assert {key: by_command[key] for key in by_page} == by_page
