"""Between the network and Streamlit: headers that protect on every answer, and limits on what comes in.

`deploy/nginx.conf` sends the same headers, as its own answers need them too.
"""

from __future__ import annotations

from functools import wraps

from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from explorer.ui.streamlit.guard import done_without
from explorer.ui.streamlit.uploads import LimitedUploads, keep_uploads_in_memory

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Content-Security-Policy": "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; "
    "connect-src 'self' data: blob:; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'self'",
}
"""Streamlit needs inline and evaluated scripts; nothing goes to or comes from another host."""


class Protecting:
    """Adds the headers to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await self._app(scope, receive, sending if scope["type"] == "http" else send)


def between() -> list[Middleware]:
    """What stands between, from the outside."""
    keep_uploads_in_memory()
    ask_no_other_host()
    return [Middleware(Protecting), Middleware(LimitedUploads)]


def ask_no_other_host() -> None:
    """From now on the server does not ask another host for its own address when a foreign page knocks."""
    with done_without("a page of another origin makes the server ask another host for its own address"):
        from streamlit import net_util

        net_util.get_external_ip = wraps(net_util.get_external_ip)(lambda: None)
