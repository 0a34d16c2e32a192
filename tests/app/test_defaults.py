"""The state of a page that nobody has touched: that of the defaults, spelled out in the address."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from explorer.anomalies import ANOMALIES
from explorer.looking import defaults
from explorer.looking.defaults import default_state
from explorer.looking.state import State
from explorer.predictors import PREDICTORS
from explorer.ui.controls.guests import VISIT
from tests.app.test_explore import MAIN, assert_fine


@pytest.fixture(scope="module")
def untouched() -> AppTest:
    return AppTest.from_file(MAIN, default_timeout=60).run()


def shown(app: AppTest) -> State:
    found: State = app.session_state[VISIT].scene.state
    return found


def test_the_default_state_is_the_sidebars(untouched: AppTest) -> None:
    assert shown(untouched) == default_state()


def test_the_defaults_are_what_they_are() -> None:
    """An old address that leaves something out shows this."""
    state = default_state()
    assert (state.dataset, state.place, state.anomaly) == ("brain/flair", (0, 32), ANOMALIES["lesion"]())
    assert (state.model, state.beta, state.scoring_beta, state.linked) == ("beta-vae-brain", 1.0, 1.0, True)
    assert (state.seed, state.cohort_size) == (0, 16)
    assert tuple(state.predictors) == (
        *("intensity", "reconstruction-error", "combination", "kl-gradient", "reconstruction-gradient"),
        *("elbo-gradient", "ensemble"),
    )
    assert all(predictor == PREDICTORS[name]() for name, predictor in state.predictors.items())


def test_the_whole_state_is_in_the_address(untouched: AppTest) -> None:
    address = untouched.query_params
    fixed = {"dataset": "brain", "contrast": "flair", "subject": "0", "slice": "32", "anomaly": "lesion"}
    fixed |= {"lesion-strength": "0.3", "seed": "0", "model": "beta-vae-brain", "beta": "1"}
    fixed |= {"linked": "true", "cohort": "16"}
    assert {key: address[key] for key in fixed} == fixed
    assert address["predictors"] == list(default_state().predictors)


def test_the_address_of_a_page_shows_the_same_whatever_the_defaults(
    untouched: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(defaults, "DATASET", "fashion-mnist")
    monkeypatch.setattr(defaults, "ANOMALY", "noise")
    monkeypatch.setattr(defaults, "PREDICTORS", ("kl-gradient",))
    monkeypatch.setattr(defaults, "COHORT_SIZE", 32)
    again = AppTest.from_file(MAIN, default_timeout=60)
    for key, texts in untouched.query_params.items():
        again.query_params[key] = texts
    again.run()
    assert not again.exception and not again.error and not again.warning
    assert shown(again) == shown(untouched)


def test_an_old_address_names_a_kind_of_model() -> None:
    app = AppTest.from_file(MAIN, default_timeout=60)
    for key, value in {"dataset": "fashion-mnist", "model": "vq-vae", "cohort": "8"}.items():
        app.query_params[key] = value
    assert_fine(app.run())
    assert shown(app).model == "vq-vae-fashion-mnist"
