"""The brush: what is painted is planted, stands in the address, and is the same elsewhere."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import FloatRect, Page, expect

from explorer.anomalies import ANOMALIES
from explorer.anomalies.shape.painted import decode, depths
from tests.browser.conftest import Visitor
from tests.browser.test_viewer import asked, assert_shows, state
from tests.browser.viewing import SMALL, at_hand, box, drag, part, pictures, point
from tests.support.browsing import settle
from tests.support.frames import AllFrames, all_frames

SHIFT = (
    f"{SMALL}&anomaly=shift&shift-sign=darker&shift-strength=0.5"
    "&predictors=intensity&predictors=elbo-gradient"
)


def wait_for_shape(page: Page, present: bool = True) -> str:
    """Wait until the address holds a painted shape, or none, and all has followed; the shape's text."""
    page.wait_for_function(
        "present => location.search.includes('painted=') === present", arg=present, timeout=60_000
    )
    settle(page)
    at_hand(page)
    return asked(page).get("painted", [""])[0]


def planted(text: str) -> AllFrames:
    settings: dict[str, Any] = {"strength": 0.5, "painted": text, "sign": "darker"}
    anomaly = ANOMALIES["shift"](**settings)
    found = all_frames(state(anomaly=anomaly, anomaly_name="shift"))
    return found


def covered(text: str) -> NDArray[np.bool_]:
    """Pixels of an image of 28 x 28 that a painted shape covers."""
    return (depths(text, 28, 28) > 0).numpy()


@pytest.fixture
def page(visit: Visitor) -> Page:
    found = visit(SHIFT).page
    at_hand(found)
    return found


def choose(page: Page) -> None:
    page.get_by_role("radio", name="Brush").click()
    expect(part(page, "brushBox")).to_be_visible()


def test_a_painted_shape_is_planted_and_travels_with_the_address(page: Page, visit: Visitor) -> None:
    choose(page)
    drag(page, point(page, 9, 11), point(page, 9, 17))
    text = wait_for_shape(page)
    stripe = covered(text)
    assert stripe[9, 11:18].all() and stripe.sum() < 40 and not stripe[:7].any() and not stripe[12:].any()
    found = planted(text)
    assert np.array_equal(found.case.mask.numpy(), stripe & found.case.mask.numpy())
    assert found.case.mask.sum() > 0.6 * stripe.sum()
    assert_shows(page, 1.0, found)
    before = pictures(page)
    drag(page, point(page, 14, 11), point(page, 20, 11))
    page.wait_for_function("before => !location.search.includes(before)", arg=text)
    longer = wait_for_shape(page)
    assert (covered(longer) >= stripe).all() and covered(longer)[14:20, 11].all()
    assert pictures(page)["input"] != before["input"]
    other = visit(page.url).page
    at_hand(other)
    assert pictures(other) == pictures(page) and asked(other) == asked(page)


def test_paint_is_seen_under_the_brush(page: Page) -> None:
    choose(page)
    start, end = point(page, 9, 11), point(page, 9, 17)
    clip = FloatRect(x=start["x"], y=start["y"] - 4, width=end["x"] - start["x"], height=8.0)
    before = page.screenshot(clip=clip)
    drag(page, start, end, hold=True)
    page.wait_for_timeout(200)
    painted = box(page).locator("path.painted")
    fill = painted.evaluate("one => [getComputedStyle(one).fill, getComputedStyle(one).fillOpacity]")
    assert painted.get_attribute("d") and fill == ["rgb(255, 176, 0)", "0.35"]
    assert page.screenshot(clip=clip) != before
    page.mouse.up()
    wait_for_shape(page)


def test_erase_and_clear_take_paint_away(page: Page) -> None:
    before = pictures(page)
    choose(page)
    drag(page, point(page, 9, 11), point(page, 9, 17))
    text = wait_for_shape(page)
    part(page, "erase").check()
    drag(page, point(page, 9, 15), point(page, 9, 20))
    page.wait_for_function("before => !location.search.includes(before)", arg=text)
    left = covered(wait_for_shape(page))
    assert left[9, 12] and not left[9, 15:].any()
    part(page, "clear").click()
    wait_for_shape(page, present=False)
    assert pictures(page) == before


def test_the_keyboard_paints(page: Page) -> None:
    box(page).focus()
    for key in ("b", "PageUp", "ArrowLeft", "Space", "ArrowUp", "Enter"):
        page.keyboard.press(key)
    text = wait_for_shape(page)
    assert covered(text)[[14, 13], [13, 13]].all()
    page.keyboard.press("e")
    expect(part(page, "erase")).to_be_checked()
    for _ in range(12):
        page.keyboard.press("PageUp")
    page.keyboard.press("Space")
    wait_for_shape(page, present=False)
    page.keyboard.press("e")
    page.keyboard.press("Space")
    wait_for_shape(page)
    page.keyboard.press("Delete")
    wait_for_shape(page, present=False)


def test_a_finger_paints_and_two_fingers_do_not(visit: Visitor) -> None:
    page = visit(SHIFT, has_touch=True).page
    at_hand(page)
    choose(page)
    client = page.context.new_cdp_session(page)

    def touch(kind: str, *pixels: tuple[int, int]) -> None:
        points = [{**point(page, *pixel), "id": i} for i, pixel in enumerate(pixels)]
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", (12, 12))
    touch("touchStart", (12, 12), (16, 16))
    touch("touchMove", (11, 11), (17, 17))
    touch("touchEnd")
    page.wait_for_timeout(800)
    assert "painted" not in asked(page)
    page.keyboard.press("0")
    touch("touchStart", (12, 10))
    for column in (12, 14, 16):
        touch("touchMove", (12, column))
    touch("touchEnd")
    assert covered(wait_for_shape(page))[12, 10:16].all()


def test_planting_by_hand_replaces_the_shape_and_the_sidebar_clears_it(page: Page) -> None:
    choose(page)
    drag(page, point(page, 9, 11), point(page, 9, 17))
    text = wait_for_shape(page)
    page.get_by_role("radio", name="Plant").click()
    drag(page, point(page, 9, 13), point(page, 9, 16))
    wait_for_shape(page, present=False)
    assert "shift-x" in asked(page)
    choose(page)
    assert box(page).locator("path.painted").get_attribute("d") == ""
    drag(page, point(page, 9, 11), point(page, 9, 17))
    assert wait_for_shape(page) == text
    page.get_by_role("button", name="Clear the painted shape").click()
    wait_for_shape(page, present=False)
    assert box(page).locator("path.painted").get_attribute("d") == ""


def test_paint_beside_the_image_is_said_and_changes_nothing(page: Page) -> None:
    choose(page)
    before = pictures(page)
    edge = box(page).bounding_box()
    assert edge is not None
    drag(page, point(page, 1, 1), {"x": edge["x"] - 60, "y": edge["y"] - 60})
    expect(part(page, "status")).not_to_contain_text("changed nothing")
    text = wait_for_shape(page)
    assert decode(text)[:10, :10].any() and not decode(text)[10:].any()
    part(page, "erase").check()
    drag(page, point(page, 20, 20), point(page, 22, 22))
    expect(part(page, "status")).to_contain_text("changed nothing")
    assert asked(page)["painted"] == [text]
    assert before.keys() == pictures(page).keys()


def test_a_hostile_shape_in_the_address_is_answered_plainly(visit: Visitor) -> None:
    seen = visit(f"{SHIFT}&painted=%3Cscript%3Ealert(1)%3C/script%3E")
    expect(seen.page.locator("[data-testid=stAlert]")).to_contain_text("painted=<script>alert(1)</script>")
    assert "painted" not in asked(seen.page)
    assert seen.errors == [] and len(pictures(seen.page)) == 5
