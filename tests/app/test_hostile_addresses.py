"""Addresses from anywhere: never a traceback, and every part that is not followed is named."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from streamlit.testing.v1 import AppTest

from explorer.anomalies import ANOMALIES
from explorer.foreign import one_line
from explorer.predictors import PREDICTORS
from explorer.settings import settings_of
from explorer.ui.controls import address as room
from explorer.ui.controls import viewing
from explorer.ui.pages.captions import BETAS
from tests.app.test_explore import FASHION, MAIN, opened, unescaped

EXAMPLES = int(os.environ.get("EXPLORER_ADDRESSES", "100"))
"""How many addresses are made up; set the variable for more."""

NUMBERS = (
    *("inf", "-inf", "nan", "1e400", "-1", "1.5", "2", "0", "1", "3,5", "1e3", "0x10", "1_0", "٣", " 5 "),
    *("0.5", "0.99", "9" * 400, "2147483648", "true", "false", "", "0.5,0.5", "1,2", "-0", "+1", "1e-400"),
)
TEXTS = (
    "lesion",
    "fashion-mnist",
    "flair",
    "kl-gradient",
    "`![x](http://127.0.0.1/x)`",
    "<b>",
    "a&b=c",
    "\0",
)
KEYS = (
    *("dataset", "class", "index", "subject", "slice", "contrast", "anomaly", "painted", "seed", "model"),
    *("beta", "linked", "scoring-beta", "predictors", "watch", "cohort", "own-slice", "unknown", "selection"),
    *viewing.rules(("intensity",), (28, 28)),
    *(f"{name}-{s.name}" for name in PREDICTORS.names() for s in settings_of(PREDICTORS[name])),
    *(f"lesion-{s.name}" for s in settings_of(ANOMALIES["lesion"])),
    "lesion-by-hand",
)
ANY = some.sampled_from(NUMBERS) | some.sampled_from(TEXTS) | some.text(max_size=12) | some.floats().map(str)
PARTS = some.dictionaries(some.sampled_from(KEYS), some.lists(ANY, min_size=1, max_size=2), max_size=8)


@pytest.fixture
def controls_alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The page without what is computed of its state, which is not of the address."""
    monkeypatch.setattr("explorer.ui.pages.explore._main", lambda *given: None)
    monkeypatch.setattr(room, "LONGEST", 1000)
    yield


def at(asked: dict[str, list[str]]) -> AppTest:
    app = AppTest.from_file(MAIN, default_timeout=60)
    for key, texts in asked.items():
        app.query_params[key] = texts
    return app.run()


def plainly(text: str) -> str:
    """A text without what is escaped, spaced otherwise or not printable on the page."""
    return one_line(unescaped(text))


def means_the_same(one: str, other: str) -> bool:
    """Whether two texts are the same value."""
    try:
        return one == other or [float(part) for part in one.split(",")] == pytest.approx(
            [float(part) for part in other.split(",")], abs=1e-7
        )
    except ValueError:
        return one.lower() == other.lower()


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(PARTS)
def test_no_address_ends_in_a_traceback_and_all_that_is_dropped_is_named(
    controls_alone: None, asked: dict[str, list[str]]
) -> None:
    app = at(FASHION_ASKED | asked)
    assert not app.exception, urlencode(asked, doseq=True)
    said = plainly(" ".join(one.value for kind in (app.warning, app.info) for one in kind))
    for key, texts in asked.items():
        written = _listed(app, key)
        for text in texts:
            followed = any(means_the_same(text, one) for one in written) or (text == "" and not written)
            named = plainly(f"{key}={text}") in said
            nearest = key in BETAS and plainly(f"in place of {text[:20]}") in said
            gone = (key, text) == ("own-slice", "true") and "own scan" in said
            assert followed or named or nearest or gone, (key, text, written, said)


FASHION_ASKED = {key: [text] for key, text in FASHION.items()}


def _listed(app: AppTest, key: str) -> list[str]:
    found: Any = app.query_params.get(key, [])
    return [found] if isinstance(found, str) else list(found)


def test_the_examples_of_the_readers() -> None:
    app = opened(**FASHION, beta="2", subject="999", zoom="3", anomaly="nonsense", seed="1.5", predictors="x")
    (warning,), info = app.warning, app.info[0]
    for text in ("subject=999", "anomaly=nonsense", "seed=1.5", "predictors=x"):
        assert text in unescaped(warning.value)
    assert "zoom" not in warning.value and app.query_params["zoom"] == "3"
    assert "in place of 2" in info.value and app.number_input(key="seed").value == 0


@pytest.mark.parametrize("text", ["inf", "1e400", "-inf", "nan", "1" * 400])
def test_numbers_without_end_are_named(text: str) -> None:
    app = opened(**FASHION, seed=text, **{"kl-gradient-seed": text, "threshold": text, "zoom": text})
    assert not app.exception and not app.error
    for key in ("seed", "kl-gradient-seed", "threshold", "zoom"):
        assert f"{key}={text}"[:60] in unescaped(app.warning[0].value)
