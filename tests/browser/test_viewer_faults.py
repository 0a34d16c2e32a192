"""What the viewer does when something goes wrong, on small screens and under fingers."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor
from tests.browser.test_viewer import asked, assert_shows
from tests.browser.viewing import SMALL, at_hand, box, drag, finger, part, pictures, point, thumb
from tests.support.browsing import rerun, slider


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
    expect(page.get_by_text("training β 0.1, KL weight 0.1")).to_be_visible(timeout=60_000)
    at_hand(page)
    assert asked(page)["beta"] == ["0.1"]


def test_a_damaged_packet_leaves_the_picture_and_can_be_asked_again(still: Page) -> None:
    before = pictures(still)
    still.evaluate(
        "const detail = new Uint8Array(100).fill(1);"
        "document.dispatchEvent(new CustomEvent('explorer-viewer-feed', { detail }))"
    )
    expect(part(still, "status")).to_contain_text("damaged")
    assert pictures(still) == before
    part(still, "status").get_by_role("button", name="Ask again").click()
    at_hand(still)


def test_a_window_too_small_is_told(page: Page) -> None:
    page.evaluate(
        "document.querySelector('[data-testid=stBidiComponentIsolated]').style.cssText = 'width: 130px'"
    )
    expect(part(page, "status")).to_contain_text("too small")


def test_the_canvas_is_never_mounted_again(page: Page) -> None:
    box(page).locator("canvas.data").evaluate("canvas => { canvas.marked = true }")
    for moved in (slider(page, "Training β"), part(page, "beta")):
        moved.focus()
        with rerun(page):
            page.keyboard.press("ArrowLeft")
    assert box(page).locator("canvas.data").evaluate("canvas => canvas.marked")


def view(page: Page) -> tuple[float, ...]:
    """Left, top, width and height of what is seen of the image, pixels."""
    found = page.locator(".box svg").first.get_attribute("viewBox")
    assert found is not None
    return tuple(float(number) for number in found.split())


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
    assert view(page)[2] < 15


def test_when_one_of_two_fingers_is_lifted_the_other_goes_on_moving(still: Page) -> None:
    at, size = point(still, 14, 14), box(still).bounding_box()
    assert size is not None

    def touch(kind: str, number: int, right: float) -> None:
        finger(box(still), kind, number, at["x"] + right, at["y"])

    for number, right in ((1, -20), (2, 20)):
        touch("down", number, right)
    touch("move", 1, -60)
    still.wait_for_timeout(100)
    left, top, width, _ = view(still)
    assert width == pytest.approx(28 * 40 / 80)
    touch("up", 2, 20)
    for right in (-50, -40, -30):
        touch("move", 1, right)
    still.wait_for_timeout(100)
    assert view(still) == pytest.approx((left - 30 * width / size["width"], top, width, width))
    touch("up", 1, -30)
    expect(part(still, "pixelTitle")).to_have_text("Pixel")  # nothing was pinned


def test_frames_that_never_arrive_are_told_and_can_be_asked_for_again(page: Page) -> None:
    before = pictures(page)
    page.evaluate(
        "window.hold = one => { if (one.detail instanceof Uint8Array) one.stopImmediatePropagation(); };"
        "window.addEventListener('explorer-viewer-feed', hold, true)"
    )
    slider(page, "Index").focus()
    page.keyboard.press("ArrowRight")
    expect(part(page, "status")).to_contain_text("have not come: the last picture stands", timeout=60_000)
    assert pictures(page) == before
    page.evaluate("window.removeEventListener('explorer-viewer-feed', hold, true)")
    part(page, "status").get_by_role("button", name="Ask again").click()
    at_hand(page)
    assert pictures(page)["input"] != before["input"]


def test_full_screen_fills_the_screen_and_lets_go(still: Page) -> None:
    small = box(still).bounding_box()
    part(still, "full").click()
    still.wait_for_function("document.fullscreenElement !== null")
    still.wait_for_timeout(400)
    whole, large = still.locator(".viewer").bounding_box(), box(still).bounding_box()
    assert whole is not None and small is not None and large is not None
    assert (whole["width"], whole["height"]) == (1400, 1000)
    assert large["width"] > 1.2 * small["width"]
    last = still.locator("figure .ends").last.bounding_box()
    assert last is not None and last["y"] + last["height"] <= 1000
    still.keyboard.press("f")
    still.wait_for_function("document.fullscreenElement === null")
    still.wait_for_timeout(400)
    assert box(still).bounding_box()["width"] == pytest.approx(small["width"], abs=1)  # type: ignore[index]


FADES = """
() => {
  const inner = () => [...document.querySelectorAll("*")].map(one => one.shadowRoot).filter(Boolean);
  const found = window.fades = new Set();
  const look = () => {
    for (const fade of [document, ...inner()].flatMap(root => root.getAnimations())) {
      const {target} = fade.effect;
      if (!fade.effect.getKeyframes().some(frame => "opacity" in frame)) continue;
      if (fade.effect.getComputedTiming().endTime > 300)
        found.add(`${target.tagName} ${target.className} ${target.dataset.testid ?? ""}`);
    }
    requestAnimationFrame(look);
  };
  look();
}
"""
"""Notes what fades for longer than 0.3 s."""


def test_nothing_fades_while_the_page_is_computed_anew(visit: Visitor) -> None:
    page = visit(SMALL, reduced_motion="no-preference").page
    page.evaluate(FADES)
    for label in ("Training β", "Strength"):
        slider(page, label).focus()
        with rerun(page):
            page.keyboard.press("ArrowLeft")
    assert page.evaluate("[...window.fades]") == []
    page.locator(".viewer").evaluate("viewer => { viewer.animate({opacity: [1, 0.5]}, 400); }")
    page.wait_for_function("window.fades.size === 1")  # so it would have been noted


def test_the_window_is_set_by_keys(still: Page) -> None:
    box(still, "map:kl-gradient").focus()
    before = pictures(still)
    still.keyboard.press("w")
    for key in ("ArrowRight", "ArrowUp"):
        still.keyboard.press(key)
    still.wait_for_timeout(150)
    changed = {key for key, content in pictures(still).items() if content != before[key]}
    assert "map:kl-gradient" in changed and not changed & {"input", "residual"}
    still.keyboard.press("0")
    still.wait_for_timeout(150)
    assert pictures(still) == before


def test_at_800_pixels_all_is_readable(glance: Visitor) -> None:
    page = glance(SMALL, width=800).page
    at_hand(page)
    widths = [place["width"] for one in page.locator("figure .box").all() if (place := one.bounding_box())]
    assert len(widths) == 10 and min(widths) >= 90
    viewer = page.locator(".viewer")
    assert viewer.evaluate("all => all.scrollWidth <= all.clientWidth")
    cut = page.locator(".bar button, .bar select, .slide output, .rates dd").evaluate_all(
        "all => all.filter(one => one.offsetWidth && one.scrollWidth > one.clientWidth + 1).length"
    )
    assert cut == 0
