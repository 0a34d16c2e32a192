"""The charts' component: its script is whole, and plotly comes from the app under every base path."""

from __future__ import annotations

import asyncio
import gzip
from pathlib import Path
from typing import Any

import plotly
import pytest
from starlette.applications import Starlette
from streamlit.testing.v1 import AppTest

from explorer.ui.components.chart.route import SCRIPT, plotly_route
from tests.support.packets import handed

PLOTLY = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"


def asked(path: str, accepted: str = "") -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body that a server with this route alone answers."""
    messages: list[dict[str, Any]] = []
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "headers": [(b"accept-encoding", accepted.encode())],
        "query_string": b"",
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        messages.append(message)

    asyncio.run(Starlette(routes=[plotly_route()])(scope, receive, send))
    headers = {key.decode(): value.decode() for key, value in messages[0]["headers"]}
    return messages[0]["status"], headers, b"".join(one.get("body", b"") for one in messages[1:])


@pytest.mark.parametrize("above", ["/", "/explorer/", "/a/b/"])
def test_plotly_is_the_installed_packages_under_every_base_path(above: str) -> None:
    status, headers, body = asked(above + SCRIPT)
    assert status == 200 and headers["content-type"].startswith("text/javascript")
    assert body == PLOTLY.read_bytes()


def test_it_is_packed_for_those_who_can_unpack() -> None:
    status, headers, body = asked(f"/{SCRIPT}", "gzip, br")
    assert (status, headers["content-encoding"], headers["vary"]) == (200, "gzip", "Accept-Encoding")
    assert len(body) < 0.4 * PLOTLY.stat().st_size
    assert gzip.decompress(body) == asked(f"/{SCRIPT}")[2]


def test_a_browser_keeps_it_until_plotly_is_another() -> None:
    assert "immutable" in asked(f"/{SCRIPT}")[1]["cache-control"]
    assert plotly.__version__ in SCRIPT
    assert asked(f"/{SCRIPT.replace(plotly.__version__, '1.0')}")[0] == 404


def fed() -> None:
    import streamlit as st

    from explorer.looking.charts import rate_distortion_chart
    from explorer.ui.components import chart
    from tests.looking.charts.test_rate_distortion import BETAS, KL, REC

    chart.show(st.container(), "here")
    chart.feed(st.container(), "here", [rate_distortion_chart(BETAS, KL, REC, 1.0, (7.0, 8.0))])


def test_a_place_is_told_where_plotly_is_and_fed_with_figures() -> None:
    app = AppTest.from_function(fed, default_timeout=30).run()
    assert not app.exception
    assert handed(app, "explorer-charts") == [{"name": "here", "script": SCRIPT}]
    (told,) = handed(app, "explorer-charts-feed")
    (found,) = told["charts"]
    assert told["name"] == "here" and found["figure"]["layout"]["title"]["text"] == "Rate and distortion"
    assert {"alt", "table", "least_width", "switch"} <= found.keys()
