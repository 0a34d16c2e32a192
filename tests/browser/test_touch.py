"""A finger on a narrow screen: it scrolls, it hits what it aims at, and it closes what it opened."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import opened
from tests.browser.viewing import SMALL, at_hand, box, part

MAIN = "[data-testid=stMain]"
LEAST_PX = 24
"""Of what a finger is to hit (WCAG 2.2, 2.5.8)."""


@pytest.fixture(scope="module")
def page(browser: Browser, address: str) -> Iterator[Page]:
    with opened(browser, address + SMALL, 800, has_touch=True) as found:
        at_hand(found.page)
        yield found.page


def swipe(page: Page, x: float, y: float, up: int) -> float:
    """Draw a finger upwards from a point; how far the page has scrolled since."""
    before = page.locator(MAIN).evaluate("one => one.scrollTop")
    client = page.context.new_cdp_session(page)
    for step in range(11):
        point = {"x": x, "y": y - step * up / 10}
        client.send(
            "Input.dispatchTouchEvent",
            {"type": "touchMove" if step else "touchStart", "touchPoints": [point]},
        )
        page.wait_for_timeout(20)
    client.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_timeout(300)
    return float(page.locator(MAIN).evaluate("one => one.scrollTop") - before)


def middle(page: Page) -> tuple[float, float]:
    page.locator(MAIN).evaluate("one => one.scrollTo(0, 0)")
    place = box(page).bounding_box()
    assert place is not None
    return place["x"] + place["width"] / 2, place["y"] + place["height"] / 2


def test_a_swipe_on_a_picture_scrolls_the_page_unless_a_tool_needs_it(page: Page) -> None:
    assert swipe(page, *middle(page), 150) > 100
    page.get_by_role("radio", name="Brush").tap()
    assert swipe(page, *middle(page), 150) == 0
    part(page, "clear").tap()
    page.get_by_role("radio", name="Look").tap()
    assert swipe(page, *middle(page), 150) > 100


def test_what_a_finger_is_to_hit_is_large_enough(page: Page) -> None:
    targets = page.locator(".viewer :is(button, select, input)")
    small = targets.evaluate_all(
        "(all, least) => all.filter(one => one.checkVisibility())"
        ".filter(one => Math.min(one.offsetWidth, one.offsetHeight) < least).map(one => one.outerHTML)",
        LEAST_PX,
    )
    assert small == []


def test_no_two_panels_show_the_same_title(page: Page) -> None:
    titles = page.locator("figure[data-key] figcaption b")
    cut = titles.evaluate_all(
        "all => all.filter(one => one.scrollWidth > one.clientWidth).map(one => one.textContent)"
    )
    assert cut == [] and titles.count() > 5


def test_the_sidebar_is_closed_by_touch(page: Page) -> None:
    sidebar = page.locator("[data-testid=stSidebar]")
    expect(sidebar).to_have_attribute("data-collapsed", "false")
    page.get_by_role("button", name="Collapse sidebar").tap()
    expect(sidebar).to_have_attribute("data-collapsed", "true")
    page.locator("[data-testid=stExpandSidebarButton]").tap()
    expect(sidebar).to_have_attribute("data-collapsed", "false")
