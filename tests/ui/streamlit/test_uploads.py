"""Delete makes Streamlit forget a session's files; where it cannot, the state is emptied."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.testing.v1 import AppTest

from explorer.ui.controls import held
from tests.ui.streamlit.conftest import Server, until

SCRIPT = "from explorer.ui.pages.scans.page import page\npage(lambda address: None)"


def texts(server: Server) -> list[str]:
    """The plain texts of the page."""
    elements = [one.delta.new_element for one in server.browser.sent]
    return [one.text.body for one in elements if one.WhichOneof("type") == "text"]


def test_what_was_brought_and_offered_is_gone_although_the_page_stays(server: Server) -> None:
    async def visit() -> None:
        await server.runtime.start()
        session = await server.open()
        assert server.uploads.get_files(session, ["1"]) and server.offered()
        await server.draw(session, "delete=1")
        assert texts(server) == ["forgotten: True"]
        assert not server.uploads.get_files(session, ["1"])
        await until(lambda: not server.offered())
        server.runtime.stop()
        await server.runtime.stopped

    asyncio.run(visit())


def no_names(patch: pytest.MonkeyPatch) -> None:
    patch.delattr("streamlit.runtime.scriptrunner.get_script_run_ctx")


def no_uploads(patch: pytest.MonkeyPatch) -> None:
    patch.delattr(MemoryUploadedFileManager, "remove_session_files")


def no_media(patch: pytest.MonkeyPatch) -> None:
    """Streamlit itself needs this at each run, so it only takes no session any more."""
    original: Any = MediaFileManager.clear_session_refs
    patch.setattr(MediaFileManager, "clear_session_refs", lambda self: original(self))


@pytest.mark.parametrize(("change", "losses"), [(no_names, 2), (no_uploads, 1), (no_media, 1)])
def test_where_a_piece_has_changed_delete_empties_the_state_and_says_what_stays(
    change: Any, losses: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    app = AppTest.from_string(SCRIPT, default_timeout=120).run()
    app.button(key="own-load").click().run()
    assert held.SCAN in app.session_state
    caplog.clear()
    with monkeypatch.context() as patch:
        change(patch)
        for _ in range(2):
            app.button(key="own-delete").click().run()
            assert not app.exception and not app.error
            assert held.SCAN not in app.session_state
            (warning,) = app.warning
            assert "until you close this page" in warning.value
    said = [one.getMessage() for one in caplog.records if "Streamlit has changed" in one.getMessage()]
    assert len(said) == len(set(said)) and len([one for one in said if "Delete" in one]) == losses
    assert not app.button(key="own-delete").click().run().warning
