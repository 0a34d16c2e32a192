"""The command whose figures are those of the page's cohort."""

from __future__ import annotations

import shlex

from explorer.anomalies import ANOMALIES
from explorer.looking.state import State
from explorer.predictors import PREDICTORS
from explorer.settings import plugin_text


def evaluate_command(state: State) -> str:
    """A line for a shell that gives the figures of a state's cohort on the same machine, to the last digit.

    A slice of the person's own scan is none of the cohort's, so the line does not name it.
    """
    words = ["python", "-m", "explorer", "evaluate", "--dataset", state.dataset]
    words += ["--anomaly", plugin_text(ANOMALIES, state.anomaly), "--model", state.model]
    for predictor in state.predictors.values():
        words += ["--predictor", plugin_text(PREDICTORS, predictor)]
    words += ["--beta", repr(float(state.beta)), "--scoring-beta", repr(float(state.scoring_beta))]
    return shlex.join([*words, "--slices", str(state.cohort_size), "--seed", str(state.seed)])
