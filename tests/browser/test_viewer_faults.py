"""What the viewer does when something goes wrong, on small screens and under fingers."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor
from tests.browser.test_viewer import SMALL, asked, assert_shows
from tests.browser.viewing import at_hand, box, drag, part, pictures, point, thumb
from tests.browsing import settle, slider


@pytest.fixture
def page(visit: Visitor) -> Page:
    found = visit(SMALL).page
    at_hand(found)
    return found


def test_a_lost_connection_is_told_and_mended(visit: Visitor) -> None:
    page = visit(SMALL).page
    at_hand(page)
    before = pictures(page)
    page.context.set_offline(True)
    expect(part(page, "status")).to_contain_text("No connection", timeout=20_000)
    assert pictures(page) == before
    drag(page, thumb(page, "beta", 16 / 24), thumb(page, "beta", 8 / 24))
    page.wait_for_timeout(200)
    assert_shows(page, 0.1)
    page.context.set_offline(False)
    expect(page.get_by_text("training β 0.1, scoring β 0.1")).to_be_visible(timeout=60_000)
    at_hand(page)
    assert asked(page)["beta"] == ["0.1"]


def test_a_damaged_packet_leaves_the_picture_and_can_be_asked_again(page: Page) -> None:
    before = pictures(page)
    page.evaluate(
        "document.dispatchEvent(new CustomEvent('explorer-feed', {detail: new Uint8Array(100).fill(1)}))"
    )
    expect(part(page, "status")).to_contain_text("damaged")
    assert pictures(page) == before
    part(page, "status").get_by_role("button", name="Ask again").click()
    at_hand(page)


def test_a_window_too_small_is_told(page: Page) -> None:
    page.evaluate(
        "document.querySelector('[data-testid=stBidiComponentIsolated]').style.cssText = 'width: 130px'"
    )
    expect(part(page, "status")).to_contain_text("too small")


def test_the_canvas_is_never_mounted_again(page: Page) -> None:
    box(page).locator("canvas.data").evaluate("canvas => { canvas.marked = true }")
    slider(page, "Training β").focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_timeout(200)
    settle(page)
    part(page, "beta").focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_timeout(600)
    settle(page)
    assert box(page).locator("canvas.data").evaluate("canvas => canvas.marked")


def test_touch_zooms_with_two_fingers(visit: Visitor) -> None:
    page = visit(SMALL, has_touch=True).page
    at_hand(page)
    at = point(page, 14, 14)
    client = page.context.new_cdp_session(page)

    def touch(kind: str, *fingers: float) -> None:
        points = [{"x": at["x"] + right, "y": at["y"], "id": i} for i, right in enumerate(fingers)]
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", -20)
    touch("touchStart", -20, 20)
    for spread in (30, 45, 60):
        touch("touchMove", -spread, spread)
    touch("touchEnd")
    page.wait_for_timeout(200)
    view = page.locator(".box svg").first.get_attribute("viewBox")
    assert view is not None and float(view.split()[2]) < 15
