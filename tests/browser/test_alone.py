"""The file of the viewer, opened as by a double click and offline: it shows what the page shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from explorer.looking.scene import resolve
from explorer.looking.state import State
from explorer.predictors import PREDICTORS
from explorer.ui.pages.viewer_file import viewer_file
from tests.browser.test_viewer import assert_shows, state
from tests.browser.viewing import AT_HAND, box, drag, part, pictures, pixels, point, thumb
from tests.support.looks import look_of

HANDLES = ("beta", "scoring", "map", "active", "level", "opacity", "truth", "smooth", "own")
Opener = Callable[..., Page]


@pytest.fixture
def open_file(browser: Browser) -> Iterator[Opener]:
    """Open a file with no network at hand; in the end nothing was asked for and nothing went wrong."""
    asked: list[str] = []
    wrong: list[str] = []
    with ExitStack() as contexts:

        def opened(file: Path, **options: Any) -> Page:
            size: ViewportSize = {"width": 1400, "height": 1000}
            context = contexts.enter_context(browser.new_context(viewport=size, offline=True, **options))
            page = context.new_page()
            page.on("request", lambda request: asked.append(request.url))
            page.on("pageerror", lambda error: wrong.append(str(error)))
            page.on("console", lambda line: wrong.append(line.text) if line.type == "error" else None)
            page.goto(file.as_uri())
            part(page, "status").filter(has_text=AT_HAND).wait_for(timeout=20_000)
            drawn(page)
            return page

        yield opened
    assert {url for url in asked if not url.startswith(("file:", "blob:"))} == set() and wrong == []


def drawn(page: Page) -> None:
    """Wait for the next frame of the screen but one."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def written(folder: Path, chosen: State, **look: str) -> Path:
    file, scene = folder / "viewer.html", resolve(chosen)
    file.write_text(viewer_file(scene, look_of(scene, **look)), encoding="utf-8")
    return file


@pytest.fixture
def small(open_file: Opener, tmp_path: Path) -> Page:
    return open_file(written(tmp_path, state()))


def test_the_file_of_the_page_shows_what_the_page_shows(
    still: Page, open_file: Opener, tmp_path: Path
) -> None:
    with still.expect_download() as download:
        still.get_by_role("button", name="Viewer (HTML)").click()
    assert download.value.suggested_filename == "viewer.html"
    download.value.save_as(tmp_path / "viewer.html")
    page = open_file(tmp_path / "viewer.html")
    assert pictures(page) == pictures(still)
    for one in (still, page):
        box(one, "map:elbo-gradient").scroll_into_view_if_needed()
        one.mouse.click(*point(one, 9, 13, "map:elbo-gradient").values())
    expect(part(page, "pixelTitle")).to_contain_text("x 13, y 9")
    assert part(page, "pixel").inner_text() == part(still, "pixel").inner_text()
    for name in ("dice", "sensitivity", "falsePositive", "levelText"):
        assert part(page, name).inner_text() == part(still, name).inner_text()


def test_dragging_beta_shows_every_frame_and_the_answer_is_its_own(small: Page) -> None:
    assert_shows(small, 1.0)
    for share, beta in ((0.0, 0.01), (1.0, 10.0)):
        start = thumb(small, "beta", float(part(small, "beta").input_value()) / 24)
        drag(small, start, thumb(small, "beta", share))
        drawn(small)
        assert part(small, "betaText").inner_text() == f"{beta:g}"
        assert_shows(small, beta)
    small.wait_for_timeout(7000)  # longer than a page may take to answer
    assert AT_HAND in part(small, "status").inner_text()
    assert "fault" not in str(part(small, "status").get_attribute("class"))


def test_all_but_what_needs_a_network_is_there_and_keys_work_at_once(small: Page) -> None:
    for name in HANDLES:
        assert part(small, name).is_visible(), name
    for key in ("]", "m", "c", "t", "b", "?"):
        small.keyboard.press(key)
    drawn(small)
    assert part(small, "betaText").inner_text() == "1.33"
    assert part(small, "active").input_value() == "1" and part(small, "map").input_value() == "magma"
    assert not part(small, "truth").is_checked()
    assert small.get_by_role("radio").all_inner_texts() == ["Look", "Window"]
    assert small.get_by_role("radio", name="Look").get_attribute("aria-checked") == "true"
    keys = part(small, "keys").inner_text()
    assert "pin" in keys and "Brush" not in keys and "Plant" not in keys
    assert not part(small, "linked").is_visible()
    before = pixels(small, "input")
    small.mouse.move(*point(small, 9, 13).values())
    small.keyboard.press("+")
    drawn(small)
    assert (pixels(small, "input") == before).all()  # zoomed by the browser
    assert box(small).locator("canvas.data").evaluate("one => parseFloat(one.style.width)") > 100


def test_figures_and_pictures_can_be_saved(small: Page) -> None:
    with small.expect_download() as table:
        part(small, "csv").click()
    assert "not a medical device" in table.value.path().read_text(encoding="utf-8")
    with small.expect_download() as picture:
        part(small, "png").click()
    assert picture.value.path().read_bytes().startswith(b"\x89PNG")


def test_scoring_betas_move_where_they_are_at_hand(open_file: Opener, tmp_path: Path) -> None:
    page = open_file(written(tmp_path, state(linked=False, scoring_beta=0.1)))
    before = pixels(page, "map:elbo-gradient")
    part(page, "scoring").focus()
    page.keyboard.press("End")
    drawn(page)
    assert part(page, "scoringText").inner_text() == "10"
    assert (pixels(page, "map:elbo-gradient") != before).any()
    part(page, "beta").focus()
    page.keyboard.press("Home")
    drawn(page)
    assert part(page, "scoring").is_disabled() and part(page, "scoringText").inner_text() == "0.1"


def test_a_map_of_many_passes_is_there_for_the_beta_it_was_made_at(open_file: Opener, tmp_path: Path) -> None:
    maps = {name: PREDICTORS[name]() for name in ("intensity", "map-restoration")}
    page = open_file(written(tmp_path, state(predictors=maps)))
    assert pixels(page, "map:map-restoration").max() > 0
    expect(page.locator("figure.elsewhere")).to_have_count(0)
    page.keyboard.press("]")
    drawn(page)
    expect(page.locator("figure.elsewhere")).to_have_count(1)
    assert "MAP restoration: for β 1 alone." in part(page, "status").inner_text()


def test_it_opens_as_one_had_it_shown(open_file: Opener, tmp_path: Path) -> None:
    page = open_file(written(tmp_path, state(), threshold="0.9", overlay="35", pixel="6,7"))
    assert [part(page, name).input_value() for name in ("opacity", "level")] == ["35", "250"]
    assert part(page, "pixelTitle").inner_text() == "Pixel x 7, y 6 · background · pinned"
    assert part(page, "link").is_hidden()  # there is no page to link to


def test_the_theme_is_the_systems(open_file: Opener, tmp_path: Path) -> None:
    page = open_file(written(tmp_path, state()), color_scheme="dark")
    ink = "document.querySelector('[data-component]').shadowRoot.querySelector('.viewer')"
    assert page.evaluate(f"getComputedStyle({ink}).color") == "rgb(250, 250, 250)"
    page.emulate_media(color_scheme="light")
    drawn(page)
    assert page.evaluate(f"getComputedStyle({ink}).color") == "rgb(34, 34, 34)"


def test_no_foreign_script_runs_and_nothing_is_fetched(browser: Browser, tmp_path: Path) -> None:
    file = written(tmp_path, state(predictors={"intensity": PREDICTORS["intensity"]()}))
    evil = "<script>window.ran = 1</script><img src='https://a.example/' onerror='window.ran = 1'>"
    text = file.read_text(encoding="utf-8").replace("<dl>", f"<dl>{evil}")  # as if it had broken out
    assert evil in text
    file.write_text(text, encoding="utf-8")
    with browser.new_context() as context:
        page, failed, complaints = context.new_page(), {}, []
        page.on("requestfailed", lambda request: failed.update({request.url: request.failure}))
        page.on("console", lambda line: complaints.append(line.text))
        page.goto(file.as_uri())
        part(page, "status").filter(has_text=AT_HAND).wait_for(timeout=20_000)
        assert page.evaluate("window.ran") is None and failed == {"https://a.example/": "csp"}
        for kind in ("script", "img"):
            assert any("Content Security Policy" in line and f"{kind}-src" in line for line in complaints)
