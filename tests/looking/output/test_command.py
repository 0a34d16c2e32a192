"""The command that repeats a page says all that was chosen, and gives its figures to the last digit."""

from __future__ import annotations

import dataclasses
import json
import shlex
from pathlib import Path

import numpy as np
import pytest
import torch

from explorer.anomalies import ANOMALIES
from explorer.anomalies.shape.painted import CELLS, encode
from explorer.commands.main import build_parser, main
from explorer.devices import share_cores
from explorer.evaluation.report import figures
from explorer.looking.cohort import cohort
from explorer.looking.output.command import evaluate_command
from explorer.looking.scene import resolve
from explorer.looking.state import State
from explorer.predictors import PREDICTORS
from explorer.settings import plugin_from


@pytest.fixture
def chosen(state: State) -> State:
    lesion = ANOMALIES["lesion"](strength=0.1 + 0.2, sign="darker", x=1 / 3, y=0.25)  # type: ignore[call-arg]
    return dataclasses.replace(
        state,
        anomaly=lesion,
        beta=10**-0.5,
        scoring_beta=1 / 3,
        cohort_size=11,
        seed=3,
        predictors={
            "elbo-gradient": PREDICTORS["elbo-gradient"](),
            "reconstruction-error": PREDICTORS["reconstruction-error"](sign="brighter", tolerance=1),  # type: ignore[call-arg]
            "ensemble": PREDICTORS["ensemble"](members="intensity:sigma=2,kl-gradient", rule="tail"),  # type: ignore[call-arg]
            "kl-gradient": PREDICTORS["kl-gradient"](copies=2, seed=5),  # type: ignore[call-arg]
        },
    )


def test_it_says_all_that_was_chosen(chosen: State) -> None:
    words = shlex.split(evaluate_command(chosen))
    assert words[:4] == ["python", "-m", "explorer", "evaluate"]
    parsed = build_parser().parse_args(words[3:])
    assert plugin_from(ANOMALIES, parsed.anomaly) == chosen.anomaly
    assert [plugin_from(PREDICTORS, text) for text in parsed.predictor] == [*chosen.predictors.values()]
    for key in ("dataset", "model", "beta", "scoring_beta", "seed"):
        assert getattr(parsed, key) == getattr(chosen, key)
    assert parsed.slices == chosen.cohort_size


@pytest.mark.parametrize("name", ANOMALIES.names())
def test_it_says_every_anomaly(name: str, state: State) -> None:
    line = evaluate_command(dataclasses.replace(state, anomaly=ANOMALIES[name](), anomaly_name=name))
    parsed = build_parser().parse_args(shlex.split(line)[3:])
    assert plugin_from(ANOMALIES, parsed.anomaly) == ANOMALIES[name]()


def test_a_painted_anomaly_is_repeated_as_well(state: State) -> None:
    painted = np.zeros((CELLS, CELLS), bool)
    painted[20:40, 10:30] = True
    anomaly = ANOMALIES["lesion"](painted=encode(painted))
    words = shlex.split(evaluate_command(dataclasses.replace(state, anomaly=anomaly)))
    assert plugin_from(ANOMALIES, build_parser().parse_args(words[3:]).anomaly) == anomaly


def test_a_name_that_a_shell_would_take_apart_is_quoted(state: State) -> None:
    assert "'a b; c'" in evaluate_command(dataclasses.replace(state, model="a b; c"))


def test_it_gives_the_figures_of_the_page_to_the_last_digit(chosen: State, tmp_path: Path) -> None:
    threads = torch.get_num_threads()
    file = tmp_path / "report.json"
    try:
        share_cores(torch.device("cpu"))  # as the app does when it starts
        *_, result = cohort(resolve(chosen))
        words = shlex.split(evaluate_command(chosen))
        assert main([*words[3:], "--device", "cpu", "--json", str(file)]) == 0
    finally:
        torch.set_num_threads(threads)
    by_page = json.loads(json.dumps(figures(result)))
    by_command = json.loads(file.read_text(encoding="utf-8"))
    for report in (by_page, by_command):
        for row in report["predictors"].values():
            row.pop("seconds")
    assert {key: by_command[key] for key in by_page} == by_page
