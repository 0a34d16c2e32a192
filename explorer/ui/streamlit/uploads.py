"""Uploaded and offered files of a session, which Streamlit keeps until the session ends.

Without these pieces Delete empties the session's state alone: the bytes of uploads stay in the server's
memory, and files that were taken away at their addresses, until the page is closed; a session may bring as
much as it likes, whether a control asked for it or not; and what comes in lies in a temporary file meanwhile.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from starlette.datastructures import Headers
from starlette.formparsers import MultiPartParser
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from explorer.ui.streamlit.guard import done_without
from explorer.ui.streamlit.sessions import DEPARTED

MOST_FILES, MOST_MB = 64, 400
"""That one session may have on the server at the same time."""

MIB = 2**20
_TARGET = re.compile(r"/_stcore/upload_file/(?P<session>[^/]+)/(?P<file>[^/]+)")


def keep_uploads_in_memory() -> None:
    """From now on no upload goes through a temporary file on its way to memory; their size is limited."""
    with done_without("uploads of more than 1 MB lie in a temporary file while they come in"):
        MultiPartParser.spool_max_size = max(MultiPartParser.spool_max_size, 2**62)


class LimitedUploads:
    """Refuses what a session brings beyond its share and keeps none of it; all goes when the session ends."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._coming: Counter[str] = Counter()  # bytes under way, by session

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = _TARGET.search(scope.get("path", "")) if scope.get("method") == "PUT" else None
        if found is None:
            await self._app(scope, receive, send)
            return
        session, length = found["session"], _length(Headers(scope=scope))
        number, there = _stored(session)
        if number >= MOST_FILES or there + self._coming[session] + length > MOST_MB * MIB:
            while (await receive()).get("more_body"):  # read and let go: browsers listen after they have sent
                pass
            told = f"a session holds {MOST_FILES} files and {MOST_MB} MB at most; delete some, then go on"
            await PlainTextResponse(told, 413)(scope, receive, send)
            return
        DEPARTED.watch(session)
        self._coming[session] += length
        try:
            await self._app(scope, receive, send)
        finally:
            self._coming[session] -= length
            self._coming += Counter()  # without those that have nothing under way


def _length(headers: Headers) -> int:
    """Bytes that an upload may have; where it does not say, as many as are allowed."""
    from streamlit import config

    given = headers.get("content-length", "")
    return int(given[:18]) if given.isdecimal() else int(config.get_option("server.maxUploadSize")) * MIB


def _stored(session: str) -> tuple[int, int]:
    """Number and bytes of a session's files."""
    with done_without("a session may bring as much as it likes"):
        from streamlit import runtime

        if runtime.exists():
            manager: Any = runtime.get_instance().uploaded_file_mgr
            files = list(manager.file_storage.get(session, {}).values())
            return len(files), sum(len(one.data) for one in files)
    return 0, 0


def forget_files() -> bool:
    """Make Streamlit forget the files that came from, and went to, the browser of the session that runs now.

    Returns:
        Whether it has; else it keeps some until the session ends.
    """
    brought = given = False
    with done_without("Delete leaves uploaded files in memory until the page is closed"):
        from streamlit.runtime.scriptrunner import get_script_run_ctx

        context = get_script_run_ctx()
        if context is not None:
            context.uploaded_file_mgr.remove_session_files(context.session_id)
        brought = True
    with done_without("Delete leaves files that were taken away at their addresses until the page is closed"):
        from streamlit import runtime
        from streamlit.runtime.scriptrunner import get_script_run_ctx

        context = get_script_run_ctx()
        if context is not None and runtime.exists():
            media = runtime.get_instance().media_file_mgr
            media.clear_session_refs(context.session_id)
            media.remove_orphaned_files()
        given = True
    return brought and given
