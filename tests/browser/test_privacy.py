"""What a session brought and took away is gone from a real server after Delete, and after its page closes."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from tests.browser.viewing import part
from tests.support.browsing import WATCH, settle
from tests.support.phantoms import head, nifti_bytes, ras_affine
from tests.support.server import ROOT, streamlit

DATA = head(ras_affine())
SCAN = nifti_bytes(DATA, ras_affine())
MASK = nifti_bytes((DATA > 150).astype(np.uint8), ras_affine())
BRAIN = nifti_bytes((DATA > 0).astype(np.uint8), ras_affine())
GONE_S = 90.0
"""By then nothing may be left."""

PROBED = f"""
import asyncio, gc
import streamlit as st
from starlette.responses import JSONResponse
from starlette.routing import Route
from streamlit import runtime

import app as real
from explorer.ui.components.chart.route import plotly_route
from explorer.ui.streamlit import sessions
from explorer.ui.streamlit.serving import between

sessions.GRACE_S, sessions.EVERY_S = 5.0, 1.0
KINDS = ("Own", "Result", "Scan", "Prepared", "ScoredScan", "Task", "UploadedFile")


def full(one):
    kind = type(one)
    ours = kind.__name__ in KINDS and kind.__module__.partition(".")[0] in ("explorer", "streamlit")
    return ours and (not one.closed if kind.__name__ == "UploadedFile" else bool(vars(one)))


def look():
    gc.collect()
    found = [one for one in gc.get_objects() if full(one)]
    server = runtime.get_instance()
    uploads = server.uploaded_file_mgr.file_storage
    return {{
        "uploads": sorted(file.name for files in list(uploads.values()) for file in files.values()),
        "objects": sorted(type(one).__name__ for one in found),
    }}


async def probe(_):
    return JSONResponse(await asyncio.to_thread(look))


app = st.App(
    {str(ROOT / "explorer/ui/pages/main.py")!r},
    lifespan=real.lifespan,
    routes=[plotly_route(), Route("/probe", probe)],
    middleware=between(),
)
"""
"""The app with an address that tells what the server holds; it waits for a lost page for 5 s only."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    script = tmp_path_factory.mktemp("probed") / "probed.py"
    script.write_text(f"import sys\nsys.path.insert(0, {str(ROOT)!r})\n{PROBED}")
    with streamlit(script) as (address, _):
        yield address


def held(server: str) -> dict[str, Any]:
    """What the server holds of uploads, and of scans and their scores."""
    with urllib.request.urlopen(f"{server}/probe", timeout=30) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def content(address: str) -> bytes | None:
    """What an address gives; None where it gives nothing."""
    try:
        with urllib.request.urlopen(address, timeout=30) as answer:
            found: bytes = answer.read()
    except urllib.error.HTTPError:
        return None
    return found


def wait(done: Callable[[], bool], seconds: float = GONE_S) -> bool:
    """Whether something comes to be within some seconds."""
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            return False
        time.sleep(1)
    return True


class Visitor:
    """A page with a scan loaded and scored whose three files were taken away, and the addresses it asked."""

    def __init__(self, browser: Browser, server: str) -> None:
        self.page: Page = browser.new_context(viewport={"width": 1200, "height": 900}).new_page()
        self.page.set_default_timeout(120_000)
        self.page.add_init_script(WATCH)
        self.asked: set[str] = set()
        self.page.on("request", lambda request: self.asked.add(request.url))
        self.page.goto(f"{server}/scans")
        self.page.get_by_text("Upload", exact=True).first.click()
        self.page.locator("input[type=file]").first.wait_for(state="attached")
        settle(self.page)
        for place, (name, data) in enumerate((("a.nii", SCAN), ("b.nii", MASK), ("c.nii", BRAIN))):
            field = self.page.locator("input[type=file]").nth(place)
            field.set_input_files({"name": name, "mimeType": "application/octet-stream", "buffer": data})
            self.page.get_by_text(name).first.wait_for()
            settle(self.page)
        self.page.get_by_role("button", name="Load", exact=True).click()
        part(self.page, "status").get_by_text("Radiological convention").wait_for()
        settle(self.page)
        self.page.get_by_role("button", name="Score the scan").click()
        self.taken = [self._take(name) for name in ("Map (NIfTI)", "Record (JSON)", "Report (HTML)")]

    def _take(self, button: str) -> bytes:
        with self.page.expect_download() as waited:
            self.page.get_by_role("button", name=button).click()
        return Path(waited.value.path()).read_bytes()

    def given(self) -> dict[str, bytes]:
        """The addresses under which the server gives files of the session now."""
        icon = (ROOT / "explorer" / "ui" / "pages" / "icon.png").read_bytes()
        asked = {one: content(one) for one in self.asked if urlsplit(one).path.startswith("/media/")}
        return {one: found for one, found in asked.items() if found is not None and found != icon}

    def uploads(self) -> list[str]:
        """The addresses to which files were uploaded."""
        return [one for one in self.asked if "/upload_file/" in one]


@pytest.mark.parametrize("ends", ["deleted", "closed"])
def test_nothing_is_left(browser: Browser, server: str, ends: str) -> None:
    visitor = Visitor(browser, server)
    before = held(server)
    assert before["uploads"] == ["a.nii", "b.nii", "c.nii"]
    assert {"Own", "Result", "Scan", "UploadedFile"} <= set(before["objects"])
    assert set(visitor.taken) <= set(visitor.given().values())
    if ends == "deleted":
        visitor.page.get_by_role("button", name="Delete scan").click()
        visitor.page.get_by_text("Load a scan in the sidebar").wait_for()
    else:
        visitor.page.context.close()
    nothing: dict[str, list[str]] = {"uploads": [], "objects": []}
    assert wait(lambda: held(server) == nothing, 10 if ends == "deleted" else GONE_S), held(server)
    assert wait(lambda: not visitor.given())
    assert len(visitor.uploads()) >= 3
    assert not {SCAN, MASK, BRAIN} & {content(one) for one in visitor.uploads()}
    if ends == "deleted":
        visitor.page.context.close()
