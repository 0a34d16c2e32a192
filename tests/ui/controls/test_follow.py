"""What the browser says was moved reaches the page's controls, as far as it is possible."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import streamlit as st

from explorer.anomalies import ANOMALIES
from explorer.anomalies.shape.painted import CELLS, encode
from explorer.looking.scene import resolve
from explorer.looking.state import State
from explorer.ui.controls.follow import follow

SQUARE = encode(np.pad(np.ones((4, 4), bool), (0, CELLS - 4)))


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """A session without a page: its controls."""
    found: dict[str, Any] = {"beta": "0.562"}
    monkeypatch.setattr(st, "session_state", found)
    yield found


def test_betas_that_are_options_are_taken(session: dict[str, Any], state: State) -> None:
    assert follow({"beta": "0.1", "number": 3}, resolve(state))
    assert session["beta"] == "0.1"
    assert follow({"scoring": "0"}, resolve(dataclasses.replace(state, linked=False)))
    assert session["scoring-beta"] == "0"


@pytest.mark.parametrize("beta", ["0.11", "-1", 0.1, None, ["0.1"], {"a": 1}, "<b>"])
def test_other_betas_are_not(session: dict[str, Any], state: State, beta: object) -> None:
    follow({"beta": beta, "scoring": beta}, resolve(state))
    assert session["beta"] == "0.562" and "scoring-beta" not in session


def test_unlinking_starts_at_the_training_beta(session: dict[str, Any], state: State) -> None:
    assert not follow({"linked": False}, resolve(state))
    assert session == {"beta": "0.562", "linked": False, "scoring-beta": "0.562"}
    follow({"linked": True}, resolve(dataclasses.replace(state, linked=False)))
    assert session["linked"] is True
    follow({"linked": "no"}, resolve(state))
    assert session["linked"] is True


def test_a_place_by_hand_is_taken_whole_or_not_at_all(session: dict[str, Any], state: State) -> None:
    follow({"plant": {"x": 0.25, "y": 1, "size": 0.2}}, resolve(state))
    assert session["lesion-by-hand"] is True
    assert [session[f"lesion-{key}"] for key in ("x", "y", "size")] == [0.25, 1.0, 0.2]
    before = dict(session)
    place = {"x": 0.5, "y": 0.5, "size": 0.2}
    for wrong in ({"x": 1.1}, {"y": None}, {"size": float("nan")}, {"size": 0.9}, {"x": True}, {"y": "0.5"}):
        follow({"plant": place | wrong}, resolve(state))
    follow({"plant": [0.5, 0.5, 0.2]}, resolve(state))
    assert session == before


def test_a_painted_shape_is_checked(session: dict[str, Any], state: State) -> None:
    follow({"painted": SQUARE, "plant": None}, resolve(state))
    assert session["painted"] == SQUARE and "lesion-x" not in session
    for wrong in ("nonsense!", 7, SQUARE + "A", None):
        follow({"painted": wrong}, resolve(state))
        assert session["painted"] == SQUARE
    assert not follow({"painted": "", "plant": {"x": 0.5, "y": 0.5, "size": 0.2}}, resolve(state))
    assert session["painted"] == "" and session["lesion-x"] == 0.5


@pytest.mark.parametrize("name", ["none", "real-lesion"])
def test_what_has_no_place_to_choose_takes_no_place_and_no_shape(
    name: str, session: dict[str, Any], state: State
) -> None:
    given = dataclasses.replace(state, anomaly=ANOMALIES[name](), anomaly_name=name)
    follow({"painted": SQUARE, "plant": {"x": 0.5, "y": 0.5, "size": 0.2}}, resolve(given))
    assert set(session) == {"beta"}
