"""Sessions whose page was closed: what they brought goes soon.

Streamlit keeps a session without a connection for two minutes, should its page come back, and then until it
next has a reason to look through those that it keeps; on a quiet server that may be never. Sessions that
opened the page for own scans are closed here, a while after their connection was lost. Their state is emptied
first, since Streamlit's loop refers to the session that it served last until another one comes.
"""

from __future__ import annotations

import asyncio
import gc
import threading
import time
from collections.abc import Callable

from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

GRACE_S = 45.0
"""Seconds for which a page may be without its connection and find all as it was; less than two minutes."""

EVERY_S = 10.0
"""Seconds between two looks."""


class Departed:
    """Which sessions are watched, and since when each has been without a page; safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._gone_since: dict[str, float | None] = {}

    def watch(self, session: str) -> None:
        """Watch a session from now on."""
        with self._lock:
            self._gone_since.setdefault(session, None)

    def due(self, now: float, connected: Callable[[str], bool]) -> list[str]:
        """The sessions that are to be closed; they are watched no longer.

        Args:
            now: seconds, of a clock that does not jump.
            connected: whether a session's page is open.
        """
        with self._lock:
            for session, since in self._gone_since.items():
                if connected(session):
                    self._gone_since[session] = None
                elif since is None:
                    self._gone_since[session] = now
            found = [
                session
                for session, since in self._gone_since.items()
                if since is not None and now - since >= GRACE_S
            ]
            for session in found:
                del self._gone_since[session]
        return found


DEPARTED = Departed()


def watch_this_session() -> None:
    """Have the session that runs now closed a while after its page."""
    context = get_script_run_ctx()
    if context is not None:
        DEPARTED.watch(context.session_id)


async def close_departed() -> None:
    """Close departed sessions for as long as the server runs; belongs on its event loop."""
    while True:
        await asyncio.sleep(EVERY_S)
        if not runtime.exists():
            continue
        server = runtime.get_instance()
        found = DEPARTED.due(time.monotonic(), server.is_active_session)
        for session in found:
            known = server._session_mgr.get_session_info(session)
            if known is not None:
                known.session.session_state.clear()
            server.close_session(session)
        if found:
            server.media_file_mgr.remove_orphaned_files()  # at the first time they are only marked
            await asyncio.to_thread(gc.collect)  # a session and what it holds refer to each other
