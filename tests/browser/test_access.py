"""Every page in both themes and at three widths: contrast, names, headings, keys that are told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Visitor, new_page
from tests.browser.viewing import SMALL, box, part
from tests.support.access import serious
from tests.support.browsing import settle

WIDTHS = (1400, 800, 390)
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
HEADINGS = "all => all.map(one => `${one.tagName} ${one.textContent.trim()}`)"
VISIBLE = "one => [...one.querySelectorAll('*')].every(x => getComputedStyle(x).overflowY === 'visible')"

SIZES = """all => all.filter(one => one.checkVisibility()
  && [...one.childNodes].some(({nodeType, data}) => nodeType === Node.TEXT_NODE && data.trim()))
  .map(one => parseFloat(getComputedStyle(one).fontSize))"""


@pytest.fixture
def explore(glance: Visitor) -> Page:
    return glance(SMALL).page


@pytest.fixture(scope="module")
def scans(browser: Browser, address: str) -> Iterator[Page]:
    """The page for own scans, without one."""
    with new_page(browser) as page:
        page.goto(f"{address}/scans")
        page.get_by_role("button", name="Load the example").wait_for()
        settle(page)
        yield page


@pytest.fixture(scope="module")
def scored(scans: Page) -> Page:
    """The example, scored, with all maps of a slice."""
    scans.get_by_role("button", name="Load the example").click()
    scans.get_by_role("button", name="Score the scan").click()
    scans.get_by_role("button", name="All maps of this slice").click()
    scans.locator(".xp-grid img").first.wait_for()
    settle(scans)
    return scans


def findings(page: Page) -> dict[str, list[str]]:
    """By theme and width, where there are any."""
    found = {}
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 1000})
            settle(page, 400)
            found[f"{theme} {width}"] = serious(page)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1400, "height": 1000})
    settle(page, 400)
    return {name: one for name, one in found.items() if one}


def test_explore_has_no_serious_fault(explore: Page) -> None:
    assert findings(explore) == {}


def test_own_scans_has_none_before_there_is_a_scan(scans: Page) -> None:
    assert findings(scans) == {}


def test_own_scans_has_none_when_all_is_shown(scored: Page) -> None:
    assert findings(scored) == {}


def test_all_parts_have_a_heading(explore: Page) -> None:
    found = explore.locator("h1, h2").evaluate_all(HEADINGS)
    wanted = {f"H2 {one}" for one in ("Image", "Anomaly", "Model", "Predictors", "Viewer", "Figures")}
    assert {"H1 Explore", *wanted} <= set(found)
    assert len([one for one in found if one.startswith("H2") and "ROC" in one]) == 2


def test_the_tools_are_one_stop_of_the_tabulator_and_arrows_choose(explore: Page) -> None:
    tools = explore.get_by_role("radio")
    expect(tools.and_(explore.locator("button[data-tool][tabindex='0']"))).to_have_count(1)
    tools.and_(explore.locator("button[data-tool=look]")).focus()
    explore.keyboard.press("ArrowRight")
    chosen = explore.locator("button[data-tool=window]")
    expect(chosen).to_be_focused()
    expect(chosen).to_have_attribute("aria-checked", "true")
    explore.keyboard.press("ArrowLeft")
    expect(explore.locator("button[data-tool=look]")).to_have_attribute("aria-checked", "true")
    explore.keyboard.press("Tab")
    expect(part(explore, "map")).to_be_focused()


def test_a_picture_says_which_keys_it_takes(explore: Page) -> None:
    picture = box(explore)
    described = picture.evaluate(
        "one => one.getRootNode().getElementById(one.getAttribute('aria-describedby')).textContent"
    )
    assert "arrows move the crosshair" in described
    part(explore, "help").focus()
    explore.keyboard.press("Tab")
    picture.focus()
    hint = "one => getComputedStyle(one, '::after').content"
    assert "Arrows move" in picture.evaluate(hint)


def test_one_plane_bears_one_number(scored: Page) -> None:
    number = scored.locator("figure[data-key=axial] figcaption span").inner_text()
    assert scored.locator("figure[data-key=seen] figcaption span").inner_text() == number
    index = number.removeprefix("slice ")
    said = part(scored, "readout").inner_text()
    assert said.split("voxel ")[1].split(" ·")[0].split(", ")[2] == index
    assert part(scored, "places").locator("tr").first.locator("td").last.inner_text() == index
    expect(scored.get_by_role("heading", name=f"All maps of slice {index}")).to_be_visible()


def test_all_places_are_seen_and_all_maps_come_into_view(scored: Page) -> None:
    rows = part(scored, "places").locator("tr")
    table = part(scored, "placesCell")
    assert rows.count() > 10
    last, cell = rows.last.bounding_box(), table.bounding_box()
    assert last is not None and cell is not None
    assert last["y"] + last["height"] <= cell["y"] + cell["height"] + 1
    assert table.evaluate(VISIBLE)
    scored.locator("[data-testid=stMain]").evaluate("one => one.scrollTo(0, 0)")
    part(scored, "maps").click()
    expect(scored.locator(".xp-grid")).to_be_in_viewport(timeout=30_000)
    figures = scored.locator(".xp-panel figcaption span").all_inner_texts()
    assert figures and all(one.startswith("AUROC ") for one in figures)


def test_pictures_of_the_planes_are_equally_high(scored: Page) -> None:
    heights = scored.locator(".planes .box").evaluate_all("all => all.map(one => one.clientHeight)")
    assert len(heights) == 4 and max(heights) - min(heights) <= 1


def test_text_that_fills_a_wide_screen_is_read_from_afar(explore: Page) -> None:
    part(explore, "full").click()
    explore.wait_for_function("document.fullscreenElement !== null")
    sizes = explore.locator(".viewer *").evaluate_all(SIZES)
    explore.evaluate("document.exitFullscreen()")
    explore.wait_for_function("document.fullscreenElement === null")
    settle(explore, 400)
    assert len(sizes) > 30 and min(sizes) >= 18


def test_on_a_phone_the_opener_of_the_sidebar_lies_on_no_text(scans: Page) -> None:
    scans.set_viewport_size({"width": 390, "height": 1000})
    scans.reload()
    notice = scans.locator("[data-testid=stMain] [data-testid=stCaptionContainer]").first
    notice.wait_for()
    opener = scans.locator("[data-testid=stExpandSidebarButton]").bounding_box()
    text = notice.bounding_box()
    scans.set_viewport_size({"width": 1400, "height": 1000})
    assert opener is not None and text is not None
    assert opener["y"] + opener["height"] <= text["y"]
