"""A session brings its share of megabytes and no more, what is still under way counted."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from explorer.ui.streamlit import uploads
from explorer.ui.streamlit.uploads import MIB, MOST_MB, LimitedUploads


def request(session: str, megabytes: float | None) -> dict[str, Any]:
    length = [] if megabytes is None else [(b"content-length", str(int(megabytes * MIB)).encode())]
    return {
        "type": "http",
        "method": "PUT",
        "path": f"/_stcore/upload_file/{session}/1",
        "headers": length,
    }


class Server:
    """Streamlit, of which each upload stays under way until it may end."""

    def __init__(self) -> None:
        self.may_end = asyncio.Event()
        self.limited = LimitedUploads(self._take)

    async def _take(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.may_end.wait()
        await send({"type": "http.response.start", "status": 204, "headers": []})

    async def bring(self, session: str, megabytes: float | None) -> int:
        """The status that an upload of this size is answered with."""
        sent: list[Message] = []
        parts: Iterator[Message] = iter(
            [{"type": "http.request", "body": b"a", "more_body": True}, {"type": "http.request"}]
        )

        async def receive() -> Message:
            return next(parts)

        async def send(message: Message) -> None:
            sent.append(message)

        await asyncio.wait_for(self.limited(request(session, megabytes), receive, send), 10)
        return int(sent[0]["status"])


@pytest.fixture(autouse=True)
def stored(monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[int, int]]:
    """Number and bytes of the files of each session."""
    found: dict[str, tuple[int, int]] = {}
    monkeypatch.setattr(uploads, "_stored", lambda session: found.get(session, (0, 0)))
    return found


def test_what_is_stored_and_what_is_under_way_count(stored: dict[str, tuple[int, int]]) -> None:
    async def visit() -> None:
        server = Server()
        stored["a"] = (3, 100 * MIB)
        first = asyncio.create_task(server.bring("a", 200))
        other = asyncio.create_task(server.bring("b", 200))
        await asyncio.sleep(0)
        assert await server.bring("a", MOST_MB - 300 + 1) == 413
        last = asyncio.create_task(server.bring("a", MOST_MB - 300))
        await asyncio.sleep(0)
        server.may_end.set()
        assert [await first, await other, await last] == [204, 204, 204]
        assert await server.bring("a", 200) == 204  # nothing is under way any more

    asyncio.run(visit())


def test_an_upload_of_unsaid_length_counts_as_the_largest() -> None:
    async def visit() -> None:
        server = Server()
        coming = [asyncio.create_task(server.bring("a", None)) for _ in range(MOST_MB // 200)]
        await asyncio.sleep(0)
        assert await server.bring("a", 1) == 413
        server.may_end.set()
        assert [await one for one in coming] == [204] * (MOST_MB // 200)

    asyncio.run(visit())
