"""Sessions whose page was closed: what they brought goes soon.

Streamlit keeps a session without a connection for two minutes, should its page come back, and then until it
next has a reason to look through those that it keeps; on a quiet server that may be never. Sessions are
closed here, a while after their connection was lost. Their state is emptied first, since Streamlit's loop
refers to the session that it served last until another one comes.

Without these pieces uploads and scans stay in memory for as long as plain Streamlit keeps its sessions.
"""

from __future__ import annotations

import asyncio
import gc
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from explorer.ui.streamlit.guard import done_without, tell_once
from explorer.ui.streamlit.memory import give_back

if TYPE_CHECKING:
    from streamlit.runtime import Runtime

GRACE_S = 45.0
"""Seconds for which a page may be without its connection and find all as it was; less than two minutes."""

EVERY_S = 10.0
"""Seconds between two looks."""

LOSS = "what a closed page brought stays in memory for as long as Streamlit keeps its session"


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
        """The sessions that are to be closed.

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
            return [
                session
                for session, since in self._gone_since.items()
                if since is not None and now - since >= GRACE_S
            ]

    def forget(self, session: str) -> None:
        """Watch a session no longer."""
        with self._lock:
            self._gone_since.pop(session, None)


DEPARTED = Departed()


def watch_this_session() -> None:
    """Have the session that runs now closed a while after its page."""
    with done_without(LOSS):
        from streamlit.runtime.scriptrunner import get_script_run_ctx

        context = get_script_run_ctx()
        if context is not None:
            DEPARTED.watch(context.session_id)


async def close_departed() -> None:
    """Close departed sessions for as long as the server runs; belongs on its event loop.

    What goes wrong in one look is logged and leaves the next one be.
    """
    while True:
        await asyncio.sleep(EVERY_S)
        (problem,) = await asyncio.gather(_look(), return_exceptions=True)
        if problem is not None:
            tell_once(LOSS, problem)


async def _look() -> None:
    """Close the sessions that are due now."""
    from streamlit import runtime

    if not runtime.exists():
        return
    server = runtime.get_instance()
    due = DEPARTED.due(time.monotonic(), server.is_active_session)
    for session in due:  # without a pause: a page that comes back meanwhile would be closed
        DEPARTED.forget(session)
        _close(server, session)
    if due:
        with done_without("files that a closed page took away stay in memory until another page is drawn"):
            server.media_file_mgr.remove_orphaned_files()  # at the first time they are only marked
        await asyncio.to_thread(gc.collect)  # a session and what it holds refer to each other
    await asyncio.to_thread(give_back)


def _close(server: Runtime, session: str) -> None:
    with done_without("what the last page to close had loaded stays in memory until another one is opened"):
        known = server._session_mgr.get_session_info(session)
        if known is not None:
            known.session.session_state.clear()
    server.close_session(session)
