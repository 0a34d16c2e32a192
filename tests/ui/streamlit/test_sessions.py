"""Sessions are closed a while after their page, not before, and not when it came back."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import streamlit
from streamlit import config
from streamlit.runtime import Runtime

from explorer.ui.streamlit import sessions
from explorer.ui.streamlit.sessions import EVERY_S, GRACE_S, Departed, close_departed
from tests.ui.streamlit.conftest import Server, until


def test_a_session_is_due_once_its_page_is_gone_for_the_whole_grace() -> None:
    departed = Departed()
    departed.watch("a")
    departed.watch("b")
    assert departed.due(0.0, lambda _: True) == []
    assert departed.due(1000.0, lambda session: session == "b") == []
    assert departed.due(1000.0 + GRACE_S - 1, lambda session: session == "b") == []
    departed.watch("a")  # its last run may end after the page has gone
    assert departed.due(1000.0 + GRACE_S, lambda session: session == "b") == ["a"]
    departed.forget("a")
    assert departed.due(9000.0, lambda session: session == "b") == []


def test_a_page_that_comes_back_starts_anew() -> None:
    departed = Departed()
    departed.watch("a")
    assert departed.due(0.0, lambda _: False) == []
    assert departed.due(GRACE_S - 1, lambda _: True) == []
    assert departed.due(GRACE_S, lambda _: False) == []
    assert departed.due(2 * GRACE_S - 1, lambda _: False) == []
    assert departed.due(2 * GRACE_S, lambda _: False) == ["a"]


def test_sessions_are_closed_while_streamlit_still_knows_them() -> None:
    assert config.get_option("server.disconnectedSessionTTL") > GRACE_S + 2 * EVERY_S


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A session is closed at the first look after its page."""
    monkeypatch.setattr(sessions, "GRACE_S", 0.0)
    monkeypatch.setattr(sessions, "EVERY_S", 0.01)


def serving(server: Server, visit: Callable[[asyncio.Task[None]], Awaitable[None]]) -> None:
    """Do something while the server runs and clears up; the clearing must not have ended by then."""

    async def main() -> None:
        await server.runtime.start()
        clearing = asyncio.create_task(close_departed())
        await visit(clearing)
        assert not clearing.done()
        clearing.cancel()
        server.runtime.stop()
        await server.runtime.stopped

    asyncio.run(main())


def test_what_a_closed_page_brought_and_took_is_gone(server: Server, quick: None) -> None:
    async def visit(_: asyncio.Task[None]) -> None:
        session = await server.open()
        known = server.runtime.get_app_session(session)
        assert known is not None
        state = known.session_state  # Streamlit's loop holds it until another page is opened
        await asyncio.sleep(0.1)  # while its page is open, it stays
        assert server.uploads.get_files(session, ["1"]) and server.offered() and "scan" in state
        server.runtime.disconnect_session(session)
        await until(lambda: not server.uploads.file_storage and not server.offered())
        assert "scan" not in state

    serving(server, visit)


class Without:
    """A runtime without one of its parts, as that of a later Streamlit may be."""

    def __init__(self, runtime: Runtime, missing: str) -> None:
        self._runtime, self._missing = runtime, missing

    def __getattr__(self, name: str) -> Any:
        if name == self._missing:
            raise AttributeError(name)
        return getattr(self._runtime, name)


@pytest.mark.parametrize(
    ("missing", "kept"),
    [("_session_mgr", 0), ("close_session", 1), ("is_active_session", 1), ("media_file_mgr", 0)],
)
def test_where_a_piece_is_gone_the_log_says_so_once_and_the_next_visitor_is_served(
    missing: str,
    kept: int,
    server: Server,
    quick: None,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def visit(_: asyncio.Task[None]) -> None:
        session = await server.open()
        with monkeypatch.context() as patch:
            patch.setattr(streamlit.runtime, "get_instance", lambda: Without(server.runtime, missing))
            server.runtime.disconnect_session(session)
            await until(lambda: bool(caplog.records) and len(server.uploads.file_storage) == kept)
            await asyncio.sleep(0.1)
        said = [one.getMessage() for one in caplog.records]
        assert len(said) == len(set(said))
        assert all(re.fullmatch("Streamlit has changed: .* stays? in memory .*", one) for one in said)
        other = await server.open()
        server.runtime.disconnect_session(other)
        await until(lambda: other not in server.uploads.file_storage)

    serving(server, visit)


def test_what_nobody_foresaw_does_not_end_the_clearing(
    server: Server, quick: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def visit(_: asyncio.Task[None]) -> None:
        session = await server.open()
        with monkeypatch.context() as patch:
            patch.setattr(server.runtime, "close_session", lambda _: 1 / 0)
            server.runtime.disconnect_session(session)
            await until(lambda: bool(caplog.records))
        other = await server.open()
        server.runtime.disconnect_session(other)
        await until(lambda: other not in server.uploads.file_storage)
        (said,) = caplog.records
        assert said.exc_info is not None and isinstance(said.exc_info[1], ZeroDivisionError)

    serving(server, visit)


def test_a_page_is_shown_where_sessions_have_no_name(
    server: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def visit(_: asyncio.Task[None]) -> None:
        monkeypatch.delattr("streamlit.runtime.scriptrunner.get_script_run_ctx")
        await server.draw(await server.open())
        assert server.offered() and len(caplog.records) == 1

    serving(server, visit)
