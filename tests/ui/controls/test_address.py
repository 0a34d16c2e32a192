"""The address and the controls hold the same: read when the page opens or goes back, written whole."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import streamlit as st

from explorer.ui.controls import address as room
from explorer.ui.controls.address import Address


class Query(dict[str, list[str]]):
    """Streamlit's query parameters without a browser."""

    def get_all(self, key: str) -> list[str]:
        return list(self[key])

    def from_dict(self, given: dict[str, list[str]]) -> None:
        self.clear()
        self.update({key: list(texts) for key, texts in given.items()})


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[dict[str, Any], Query]]:
    state: dict[str, Any] = {}
    query = Query()
    monkeypatch.setattr(st, "session_state", state)
    monkeypatch.setattr(st, "query_params", query)
    yield state, query


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])

    def wait(seconds: float) -> None:
        now[0] += seconds

    return wait


def run(address: Address) -> None:
    """One run of a page with a number from 0 to 9 and a list."""

    def digit(text: str) -> int:
        if not 0 <= int(text) <= 9:
            raise ValueError("0 to 9")
        return int(text)

    address.begin()
    address.place("number", 5, digit)
    address.place_list("letters", ["a"], ("a", "b", "c"))
    address.end()


def test_defaults_are_spelled_out(session: tuple[dict[str, Any], Query]) -> None:
    state, query = session
    run(Address())
    assert state == {"number": 5, "letters": ["a"]}
    assert query == {"number": ["5"], "letters": ["a"]}


def test_an_address_sets_the_controls_once(session: tuple[dict[str, Any], Query]) -> None:
    state, query = session
    query.update(number=["7"], letters=["c", "b"])
    address = Address()
    run(address)
    assert state == {"number": 7, "letters": ["c", "b"]}
    state["number"] = 2  # a person moves the control
    run(address)
    assert state["number"] == 2 and query["number"] == ["2"]


@pytest.mark.parametrize("text", ["10", "-1", "1.5", "nan", "", "x"])
def test_what_cannot_be_followed_is_named_and_the_default_shown(
    session: tuple[dict[str, Any], Query], text: str
) -> None:
    state, query = session
    query.update(number=[text], letters=["z", "b"], nonsense=["1"])
    address = Address()
    run(address)
    assert state == {"number": 5, "letters": ["b"]}
    assert address.told()[0] == [f"number={text}", "letters=z", "nonsense=1"]
    assert "nonsense" not in query and address.told() == ([], {}, False)


def test_going_back_shows_what_was_there(
    session: tuple[dict[str, Any], Query], clock: Callable[[float], None]
) -> None:
    state, query = session
    address = Address()
    run(address)
    state["number"] = 8
    run(address)
    clock(5.0)
    query.from_dict({"number": ["5"], "letters": ["a"]})  # the browser goes back
    run(address)
    assert state["number"] == 5 and query["number"] == ["5"]


def test_an_address_that_is_late_does_not_undo_a_change(
    session: tuple[dict[str, Any], Query], clock: Callable[[float], None]
) -> None:
    state, query = session
    address = Address()
    run(address)
    state["number"] = 8
    run(address)
    query.from_dict({"number": ["5"], "letters": ["a"]})  # sent before the browser heard of 8
    run(address)
    assert state["number"] == 8 and query["number"] == ["8"]
    clock(5.0)
    query.from_dict({"number": ["5"], "letters": ["a"]})
    state["letters"] = ["b"]  # with a change of a control it is late, whatever the time
    run(address)
    assert state == {"number": 8, "letters": ["b"]} and query["number"] == ["8"]


def test_a_page_that_was_left_comes_back_as_it_was(session: tuple[dict[str, Any], Query]) -> None:
    state, query = session
    query.update(number=["7"])
    address = Address()
    run(address)
    state.clear()  # Streamlit forgets the controls of a page that is not shown
    query.clear()
    run(address)
    assert state["number"] == 7 and query["number"] == ["7"]


def test_a_value_that_no_longer_fits_is_the_default(session: tuple[dict[str, Any], Query]) -> None:
    state, _ = session
    state["kind"] = "gone"
    address = Address()
    address.begin()
    address.place("kind", "new", str, fits=lambda value: value in ("new", "newer"))
    assert state["kind"] == "new"


def test_nothing_is_chosen_where_the_address_says_so(session: tuple[dict[str, Any], Query]) -> None:
    state, query = session
    query.update(letters=[""])
    run(Address())
    assert state["letters"] == [] and query["letters"] == [""]


def test_of_a_parameter_that_is_there_twice_one_is_taken_and_the_other_named(
    session: tuple[dict[str, Any], Query],
) -> None:
    state, query = session
    query.update(number=["7", "7", "3"])
    address = Address()
    run(address)
    assert state["number"] == 3 and address.told()[0] == ["number=7"]


def test_what_an_address_does_not_name_begins_with_its_default(
    session: tuple[dict[str, Any], Query], clock: Callable[[float], None]
) -> None:
    state, query = session
    query.update(number=["7"], letters=["b"])
    address = Address()
    run(address)
    clock(5.0)
    query.from_dict({"letters": ["c"]})
    run(address)
    assert state == {"number": 5, "letters": ["c"]}


def test_back_and_forward_are_followed_at_once_where_streamlit_tells(
    session: tuple[dict[str, Any], Query], monkeypatch: pytest.MonkeyPatch
) -> None:
    state, query = session
    monkeypatch.setattr(room, "travelled", lambda: False)
    address = Address()
    run(address)
    for number in (8, 9):
        state["number"] = number
        run(address)
    monkeypatch.setattr(room, "travelled", lambda: True)
    for number in (8, 5, 8, 9):  # twice back and twice forward, quicker than a second
        query.from_dict({"number": [str(number)], "letters": ["a"]})
        run(address)
        assert state["number"] == number and query["number"] == [str(number)]


def test_steps_are_taken_back_and_again(session: tuple[dict[str, Any], Query]) -> None:
    state, query = session
    address = Address()
    run(address)
    assert not address.undo() and not address.redo()
    for number in (8, 9, 8):
        state["number"] = number
        run(address)
    for move, number in ((address.undo, 9), (address.undo, 8), (address.redo, 9), (address.undo, 8)):
        assert move()
        run(address)
        assert state["number"] == number and query["number"] == [str(number)]
    state["letters"] = ["c"]
    run(address)
    assert not address.redo()  # what was taken back ends with a new step
    assert address.undo()
    run(address)
    assert state == {"number": 8, "letters": ["a"]}


def test_back_in_the_browser_is_a_step_taken_back(
    session: tuple[dict[str, Any], Query], monkeypatch: pytest.MonkeyPatch
) -> None:
    state, query = session
    address = Address()
    for number in (5, 6, 7):
        state["number"] = number
        run(address)
    monkeypatch.setattr(room, "travelled", lambda: True)
    query.from_dict({"number": ["5"], "letters": ["a"]})
    run(address)
    monkeypatch.setattr(room, "travelled", lambda: False)
    assert not address.undo()
    for number in (6, 7):
        assert address.redo()
        run(address)
        assert state["number"] == number


def test_what_a_broken_run_did_not_come_to_is_held(session: tuple[dict[str, Any], Query]) -> None:
    state, query = session
    query.update(number=["7"], letters=["c"])
    address = Address()
    run(address)
    state["number"] = 2
    address.begin()
    address.place("number", 5, int)
    address.keep()  # the run ends here; a page keeps only what was built or set anew
    state["number"] = 3
    run(address)
    assert state == {"number": 3, "letters": ["c"]}
