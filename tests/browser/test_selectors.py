"""Every name of Streamlit's page on which style sheet and viewer rely is there, and does what it is for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit
from playwright.sync_api import Browser, Page, Route, expect

from explorer.ui.streamlit.selectors import APP, BROWSER, CONTENT, ELEMENT, HEADER, SIDEBAR, STYLED, Selector
from explorer.ui.streamlit.style import FEEDS
from tests.browser.conftest import COMPLETE
from tests.browser.viewing import AT_HAND, SMALL, part
from tests.support.browsing import WATCH, change, rerun, settle, slider
from tests.support.server import BARE
from tests.support.server import streamlit as served

ALL = [*STYLED, APP]
SCRIPTS = Path(streamlit.__file__).parent / "static" / "static" / "js"
NAMES = re.compile(rf"\b({'|'.join(re.findall('st[A-Z][A-Za-z]+', ' '.join(map(str, ALL))))}|data-test)\b")
"""All that Streamlit might rename."""
RECORD = f"""
window.missing = new Set({json.dumps([one.css for one in ALL])});
window.said = {{connection: new Set(), script: new Set()}};
new MutationObserver(() => {{
  for (const css of window.missing) if (document.querySelector(css)) window.missing.delete(css);
  const names = {json.dumps(BROWSER)}, app = document.querySelector(names.app);
  if (app) for (const key in window.said) window.said[key].add(app.getAttribute(names[key]));
}}).observe(document, {{subtree: true, childList: true, attributes: true}});
"""
"""Notes which selectors have never found anything, as some find what is there for a moment only."""


@pytest.fixture(scope="module")
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The Explore page, complete, and two controls changed, one of them with seconds of work."""
    with browser.new_context(viewport={"width": 1400, "height": 1000}) as context:
        found = context.new_page()
        found.set_default_timeout(120_000)
        for script in (WATCH, RECORD):
            found.add_init_script(script)
        found.goto(address + SMALL)
        found.get_by_text(COMPLETE).first.wait_for()
        settle(found)
        change(found, "Strength", "ArrowRight")
        with rerun(found):
            slider(found, "Cohort size").press("End")
        yield found


@pytest.mark.parametrize("selector", ALL, ids=str)
def test_every_selector_finds_something(selector: Selector, page: Page) -> None:
    assert selector.css not in page.evaluate("[...window.missing]"), selector.without


def test_the_app_tells_its_connection_and_whether_its_script_runs(page: Page) -> None:
    said = page.evaluate(
        "Object.fromEntries(Object.entries(window.said).map(([key, one]) => [key, [...one]]))"
    )
    assert BROWSER["connected"] in said["connection"] and BROWSER["running"] in said["script"]
    app = page.locator(BROWSER["app"])
    expect(app).to_have_attribute(BROWSER["connection"], BROWSER["connected"])
    expect(app).not_to_have_attribute(BROWSER["script"], BROWSER["running"])


def test_the_app_tells_that_its_server_is_gone(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    script = tmp_path_factory.mktemp("bare") / "bare.py"
    script.write_text(BARE)
    with browser.new_context() as context, served(script) as (address, process):
        page = context.new_page()
        page.goto(address)
        app = page.locator(BROWSER["app"])
        expect(app).to_have_attribute(BROWSER["connection"], BROWSER["connected"], timeout=30_000)
        process.terminate()
        expect(app).not_to_have_attribute(BROWSER["connection"], BROWSER["connected"], timeout=30_000)


@pytest.mark.parametrize(
    ("css", "rule", "value"),
    [
        (f"{CONTENT}", "padding-left", "32px"),
        (f"{HEADER}", "pointer-events", "none"),
        (f"{HEADER} button", "pointer-events", "auto"),
        (f"{ELEMENT}", "transition-property", "none"),
        (f"{SIDEBAR} {ELEMENT}", "margin-bottom", "-5.6px"),
    ],
)
def test_the_style_sheet_overrules_streamlits(css: str, rule: str, value: str, page: Page) -> None:
    found = page.locator(css).first.evaluate(
        "(one, rule) => getComputedStyle(one).getPropertyValue(rule)", rule
    )
    assert found == value


def test_charts_and_figures_lie_beside_each_other(page: Page) -> None:
    for key in ("charts", "figures"):
        places = [one.bounding_box() for one in page.locator(f".st-key-{key} > *").all()]
        first, last = [place for place in places if place is not None]
        assert first["y"] == last["y"] and first["x"] + first["width"] < last["x"]
        assert min(first["width"], last["width"]) >= 280


def test_feeds_take_no_space(page: Page, address: str) -> None:
    scans = page.context.new_page()
    scans.goto(f"{address}/scans")
    scans.get_by_role("button", name="Load the example").click()
    for seen, feeds in ((page, FEEDS[0]), (scans, FEEDS[1])):
        seen.locator(feeds).wait_for(state="attached", timeout=120_000)
        assert seen.locator(feeds).evaluate("one => one.parentElement.offsetHeight + one.offsetHeight") == 0
        assert seen.locator(feeds).evaluate("one => getComputedStyle(one.parentElement).display") == "none"
    scans.close()


def test_where_streamlit_has_renamed_all_of_them_the_page_is_plain_and_complete(
    browser: Browser, address: str
) -> None:

    def rename(route: Route) -> None:
        text = (SCRIPTS / route.request.url.rpartition("/")[2]).read_text(encoding="utf-8")
        route.fulfill(body=NAMES.sub(r"renamed-\1", text), content_type="text/javascript")

    with browser.new_context(viewport={"width": 1400, "height": 1000}) as context:
        page, errors = context.new_page(), []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.add_init_script(RECORD)
        page.route("**/static/js/*.js", rename)
        page.goto(address + SMALL)
        page.get_by_text(COMPLETE).first.wait_for(timeout=120_000)
        expect(part(page, "status")).to_contain_text(AT_HAND, timeout=60_000)
        expect(page.locator(".xp-table:not(details *) tbody tr")).to_have_count(7)
        page.wait_for_timeout(2000)  # after which the viewer would miss frames
        expect(part(page, "status")).not_to_have_class(re.compile("fault"))
        assert {one.css for one in ALL if "st-key" not in one.css} == set(
            page.evaluate("[...window.missing]")
        )
        assert errors == []
