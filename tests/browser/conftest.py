"""A server of the app and a browser for all tests of a module, and pages that record what goes wrong."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browsing import WATCH, settle
from tests.server import ROOT, streamlit

COMPLETE = "image AUROC of the sample scores"
"""Stands under a finished cohort."""


@dataclass
class Visit:
    """A page in a context of its own, complete, and what it did meanwhile."""

    page: Page
    hosts: set[str] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)


Visitor = Callable[..., Visit]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with streamlit(ROOT / "app.py") as (found, _):
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Visitor]:
    """Open an address of the app in a fresh context and wait until all is drawn."""
    contexts = []

    def open_page(path: str = "/", width: int = 1400, height: int = 1000, **options: Any) -> Visit:
        contexts.append(browser.new_context(viewport={"width": width, "height": height}, **options))
        page = contexts[-1].new_page()
        page.set_default_timeout(120_000)
        made = Visit(page)
        page.add_init_script(WATCH)
        page.on("request", lambda request: made.hosts.add(urlsplit(request.url).hostname or ""))
        page.on("pageerror", lambda error: made.errors.append(str(error)))
        page.on("console", lambda line: made.errors.append(line.text) if line.type == "error" else None)
        page.goto(path if path.startswith("http") else address + path)
        page.get_by_text(COMPLETE).first.wait_for(timeout=120_000)
        for drawn in (
            ".viewer .box canvas",
            ".xp-table",
            ".stPlotlyChart .main-svg",
        ):  # their code arrives later than text
            page.locator(drawn).first.wait_for()
        settle(page)
        return made

    yield open_page
    for context in contexts:
        context.close()
