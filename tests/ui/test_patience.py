"""A page that waits for others says so, and a newer change of it ends the waiting."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from streamlit.runtime import Runtime
from streamlit.testing.v1 import AppTest

from explorer.concurrency.turns import Rank, Turn, Turns
from explorer.looking import server
from explorer.ui import patience
from tests.ui.streamlit.conftest import Server, until

PAGE = """
import streamlit as st
from explorer.looking import server
from explorer.ui.patience import in_place, patient

turn = st.query_params.get("turn", "0")
st.text(f"begun {turn}")
with patient(in_place(st.empty())), server.network():
    st.text(f"served {turn}")
"""


@pytest.fixture
def turns(monkeypatch: pytest.MonkeyPatch) -> Turns:
    """The turns at a network that can be used once at a time."""
    one = Turns(1)
    monkeypatch.setattr(server, "turns", lambda: one)
    monkeypatch.setattr(patience, "UNNOTICED_S", 0.2)
    return one


def test_a_page_that_is_served_at_once_says_nothing(turns: Turns) -> None:
    app = AppTest.from_string(PAGE).run()
    assert [one.value for one in app.text] == ["begun 0", "served 0"] and not app.caption


def test_a_waiting_page_says_so_and_a_newer_change_ends_the_waiting(turns: Turns, tmp_path: Path) -> None:
    page = tmp_path / "page.py"
    page.write_text(PAGE)

    async def visit() -> None:
        await found.runtime.start()
        session = found.runtime.connect_session(found.browser, {})
        with Turn(turns, Rank.NOW, "another visitor"):
            found.ask(session, "turn=1")
            await until(lambda: "begun 1" in texts(found))
            await until(lambda: any("thers are served first" in one for one in captions(found)))
            found.ask(session, "turn=2")
            await until(lambda: "begun 2" in texts(found))
            await until(lambda: len(turns._waiting) == 1)
            assert not any("served" in one for one in texts(found))
        await until(lambda: "served 2" in texts(found))
        assert "served 1" not in texts(found)
        found.runtime.stop()
        await found.runtime.stopped

    found = Server(page)
    try:
        asyncio.run(visit())
    finally:
        Runtime._instance = None


def texts(found: Server) -> list[str]:
    elements = [one.delta.new_element for one in found.browser.sent]
    return [one.text.body for one in elements if one.WhichOneof("type") == "text"]


def captions(found: Server) -> list[str]:
    elements = [one.delta.new_element for one in found.browser.sent]
    return [one.markdown.body for one in elements if one.WhichOneof("type") == "markdown"]
