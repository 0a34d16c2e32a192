"""The address of a state opens the page in that very state."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from explorer.lessons.link import parameters
from explorer.lessons.states import state_of
from explorer.ui.controls.guests import VISIT
from tests.app.test_explore import MAIN

TABLES: dict[str, dict[str, Any]] = {
    "nothing said": {"cohort": 8},
    "real": {"dataset": "real/t1", "place": [3, 20], "model": "context-vae-brain", "beta": 0.1, "cohort": 8},
    "settings": {
        "anomaly": "lesion:strength=0.15,sign=darker,x=0.25,y=0.5",
        "predictors": ["reconstruction-error:sign=darker,sigma=2.0", "kl-gradient"],
        "seed": 7,
        "cohort": 8,
    },
    "a weight of its own": {"beta": 10.0, "kl_weight": 0.0, "place": [3, 31], "cohort": 8},
    "codes": {"model": "vq-vae-brain", "predictors": ["code-surprise"], "cohort": 8},
}


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_the_page_opens_in_that_state(table: dict[str, Any]) -> None:
    wanted = state_of(table)
    app = AppTest.from_file(MAIN, default_timeout=60)
    for key, texts in parameters(wanted).items():
        app.query_params[key] = texts
    app.run()
    assert not app.warning and not app.error
    assert app.session_state[VISIT].scene.state == wanted
