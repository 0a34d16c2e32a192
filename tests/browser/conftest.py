"""One server of the app and one browser for all tests, and pages that record what goes wrong."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.viewing import SMALL, at_hand, box, part
from tests.support.browsing import WATCH, settle
from tests.support.server import ROOT, streamlit

expect.set_options(timeout=60_000)  # on a busy machine, what comes comes later

CHART = ".xp-plot .plot-container"
COMPLETE = "image AUROC of the sample scores"
"""Stands under a finished cohort."""


@dataclass
class Visit:
    """A page in a context of its own, complete, and what it did meanwhile."""

    page: Page
    hosts: set[str] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)


Visitor = Callable[..., Visit]


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    with streamlit(ROOT / "app.py") as (found, _):
        yield found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield started
        started.close()


@contextmanager
def new_page(browser: Browser, width: int = 1400, height: int = 1000, **options: Any) -> Iterator[Page]:
    """A page in a context of its own that notes its repaints, empty as yet."""
    with browser.new_context(viewport={"width": width, "height": height}, **options) as context:
        page = context.new_page()
        page.set_default_timeout(120_000)
        page.add_init_script(WATCH)
        yield page


@contextmanager
def opened(
    browser: Browser, address: str, width: int = 1400, height: int = 1000, **options: Any
) -> Iterator[Visit]:
    """An address of the app in a fresh context, when all is drawn."""
    with new_page(browser, width, height, **options) as page:
        made = Visit(page)
        page.on("request", lambda request: made.hosts.add(urlsplit(request.url).hostname or ""))
        page.on("pageerror", lambda error: made.errors.append(str(error)))
        page.on("console", lambda line: made.errors.append(line.text) if line.type == "error" else None)
        page.goto(address)
        page.get_by_text(COMPLETE).first.wait_for(timeout=120_000)
        # the code of these arrives later than text
        for drawn in (".viewer .box canvas", "[data-testid=stHtml] .xp-table", CHART):
            page.locator(drawn).first.wait_for()
        settle(page)
        yield made


@pytest.fixture(scope="session")
def glance(browser: Browser, address: str) -> Iterator[Visitor]:
    """Open a path of the app once for all tests that leave the page as they found it."""
    with ExitStack() as pages:

        @cache
        def open_page(path: str = "/", **options: Any) -> Visit:
            return pages.enter_context(opened(browser, address + path, **options))

        yield open_page


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Visitor]:
    """Open an address of the app, or a path of it, for one test."""
    with ExitStack() as pages:

        def open_page(path: str = "/", **options: Any) -> Visit:
            there = path if path.startswith("http") else address + path
            return pages.enter_context(opened(browser, there, **options))

        yield open_page


@pytest.fixture
def still(glance: Visitor) -> Iterator[Page]:
    """The page at `SMALL` for tests that ask nothing of the server; what they moved is put back."""
    found = glance(SMALL).page
    found.locator("[data-testid=stMain]").evaluate("one => one.scrollTo(0, 0)")
    at_hand(found)
    yield found
    box(found).focus()
    found.keyboard.press("Escape")
    found.get_by_role("radio", name="Look").click()
    part(found, "own").uncheck()
    part(found, "reset").click()
    found.mouse.move(1, 1)
