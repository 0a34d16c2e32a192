"""A real Streamlit server without a network: one page, sessions, uploads and offered files."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import Runtime, RuntimeConfig
from streamlit.runtime.media_file_storage import MediaFileStorageError
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.session_manager import SessionClient
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from explorer.ui.streamlit import guard, sessions

PAGE = """
import streamlit as st
from explorer.ui.streamlit.sessions import watch_this_session
from explorer.ui.streamlit.uploads import forget_files

watch_this_session()
st.session_state["scan"] = "a scan"
if "delete" in st.query_params:
    st.text(f"forgotten: {forget_files()}")
else:
    st.download_button("Map", b"a map")
"""


class Browser(SessionClient):
    """A browser that keeps what it is sent."""

    def __init__(self) -> None:
        self.sent: list[ForwardMsg] = []

    def write_forward_msg(self, msg: ForwardMsg) -> None:
        self.sent.append(msg)


class Server:
    """Streamlit's own runtime with its uploads and offered files, and a browser that opens its page."""

    def __init__(self, page: Path) -> None:
        self.uploads = MemoryUploadedFileManager("/upload")
        self.media = MemoryMediaFileStorage("/media")
        self.runtime = Runtime(
            RuntimeConfig(str(page), media_file_storage=self.media, uploaded_file_manager=self.uploads)
        )
        self.browser = Browser()

    async def open(self) -> str:
        """Open the page, bring a file, and see the page drawn; the session."""
        session = self.runtime.connect_session(self.browser, {})
        self.uploads.add_file(session, UploadedFileRec("1", "scan.nii", "application/octet-stream", b"scan"))
        await self.draw(session)
        return session

    async def draw(self, session: str, query: str = "") -> None:
        """Run the page once, at this query of its address."""
        before = len(self.browser.sent)
        self.ask(session, query)
        await until(
            lambda: any(one.WhichOneof("type") == "script_finished" for one in self.browser.sent[before:])
        )

    def ask(self, session: str, query: str) -> None:
        """Ask for a run of the page, without waiting for it."""
        wanted = BackMsg()
        wanted.rerun_script.query_string = query
        self.runtime.handle_backmsg(session, wanted)

    def offered(self) -> bool:
        """Whether the file that the page offered is still given."""
        urls = [
            one.delta.new_element.download_button.url
            for one in self.browser.sent
            if one.delta.new_element.WhichOneof("type") == "download_button"
        ]
        assert urls
        try:
            return self.media.get_file(urls[-1].rpartition("/")[2]).content == b"a map"
        except MediaFileStorageError:
            return False


async def until(done: Callable[[], bool]) -> None:
    """Wait until something has come to be."""
    async with asyncio.timeout(20):
        while not done():
            await asyncio.sleep(0.01)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """Not yet started."""
    page = tmp_path / "page.py"
    page.write_text(PAGE)
    yield Server(page)
    Runtime._instance = None


@pytest.fixture(autouse=True)
def unsaid(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing has been logged yet, and nobody is watched."""
    monkeypatch.setattr(guard, "_told", set())
    monkeypatch.setattr(sessions, "DEPARTED", sessions.Departed())
