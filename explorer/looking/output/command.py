"""The command whose figures are those of the page's cohort."""

from __future__ import annotations

import shlex
from typing import Any

from explorer.anomalies import ANOMALIES
from explorer.looking.state import State
from explorer.predictors import PREDICTORS
from explorer.registry import Registry
from explorer.settings import format_settings


def evaluate_command(state: State) -> str:
    """A line for a shell that gives the figures of a state's cohort on the same machine, to the last digit.

    A slice of the person's own scan is none of the cohort's, so the line does not name it.
    """
    words = ["python", "-m", "explorer", "evaluate", "--dataset", state.dataset]
    words += ["--anomaly", _text(ANOMALIES, state.anomaly), "--model", state.model]
    for predictor in state.predictors.values():
        words += ["--predictor", _text(PREDICTORS, predictor)]
    words += ["--beta", repr(float(state.beta)), "--scoring-beta", repr(float(state.scoring_beta))]
    return shlex.join([*words, "--slices", str(state.cohort_size), "--seed", str(state.seed)])


def _text(registry: Registry[Any], plugin: Any) -> str:
    """A plug-in as the command line reads it."""
    settings = format_settings(plugin)
    return registry.name_of(type(plugin)) + (f":{settings}" if settings else "")
