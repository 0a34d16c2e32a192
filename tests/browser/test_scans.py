"""Own scans in a real browser: which side is which, what the pixels hold, deletion, and broken files."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser, FilePayload, Page, TimeoutError, expect

from tests.browser.viewing import READ, finger, part
from tests.support.browsing import WATCH, settle
from tests.support.phantoms import (
    LANDMARK,
    ORIENTATIONS,
    SHAPE,
    SPACING,
    head,
    nifti_bytes,
    ras_affine,
    stored,
)

DATA, AFFINE = stored(head(ras_affine()), ras_affine(), ORIENTATIONS[29])
"""The phantom with its axes exchanged and turned round; its ball is on the left, in front, above."""


@pytest.fixture(scope="module")
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The page with the phantom loaded."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    found = context.new_page()
    found.set_default_timeout(120_000)
    found.add_init_script(WATCH)
    found.goto(f"{address}/scans")
    found.get_by_role("button", name="Upload", exact=True).or_(
        found.get_by_text("Upload", exact=True)
    ).first.click()
    upload(found, "head.nii", nifti_bytes(DATA, AFFINE))
    part(found, "status").get_by_text("Radiological convention").wait_for()
    settle(found)
    yield found
    context.close()


def upload(page: Page, name: str, content: bytes) -> None:
    """Give the page a file and load it; again where a field that was just drawn anew has lost it."""
    file = FilePayload(name=name, mimeType="application/octet-stream", buffer=content)
    for patience in (20_000, 20_000, 60_000):
        settle(page)
        before = page.evaluate("window.turns")
        page.locator("input[type=file]").first.set_input_files(file)
        try:  # before the script has run, the server does not know of the file
            page.wait_for_function("before => window.turns > before", arg=before, timeout=patience)
        except TimeoutError:
            continue
        break
    page.get_by_text(name).first.wait_for()
    settle(page)
    page.get_by_role("button", name="Load", exact=True).click()


def grey(page: Page, key: str) -> NDArray[np.uint8]:
    """Grey values of a picture, (H, W)."""
    canvas = page.locator(f"figure[data-key={key}] canvas.grey")
    width, height = canvas.evaluate("canvas => [canvas.width, canvas.height]")
    return np.array(canvas.evaluate(READ), np.uint8).reshape(height, width, 4)[..., 0]


def sides(page: Page, key: str) -> str:
    """Letters at the left, right, top and bottom of a picture."""
    named = (
        page.locator(f"figure[data-key={key}] .side.{side}") for side in ("left", "right", "top", "bottom")
    )
    return " ".join(one.inner_text() for one in named)


def go_to_the_ball(page: Page) -> NDArray[np.int64]:
    """Move the crosshair to the voxel of the ball, along right, front, up, with the keyboard."""
    index = (np.linalg.inv(ras_affine()) @ [*LANDMARK, 1])[:3].round().astype(int)
    part(page, "reset").click()
    for key, axis, more, less in (("axial", 2, "PageUp", "PageDown"), ("coronal", 1, "PageUp", "PageDown")):
        page.locator(f"figure[data-key={key}] .box").focus()
        steps = int(index[axis]) - SHAPE[axis] // 2
        for _ in range(abs(steps)):
            page.keyboard.press(more if steps > 0 else less)
    page.wait_for_timeout(300)
    return np.asarray(index)


def choose(page: Page, convention: str) -> None:
    part(page, "convention").select_option(convention)
    page.wait_for_timeout(300)


@pytest.mark.parametrize("convention", ["radiological", "neurological"])
def test_left_is_where_the_letters_say(page: Page, convention: str) -> None:
    choose(page, convention)
    index = go_to_the_ball(page)
    turned = convention == "radiological"
    left = "R L" if turned else "L R"
    assert [sides(page, key) for key in ("axial", "coronal", "sagittal", "seen")] == [
        f"{left} A P",
        f"{left} S I",
        "A P S I",
        f"{left} A P",
    ]
    stated = "the right of the person (R)" if turned else "the left of the person (L)"
    expect(part(page, "status")).to_contain_text(f"{stated} is on the left of the picture")
    for key, row_axis in (("axial", 1), ("coronal", 2), ("seen", None)):
        picture = grey(page, key).astype(float)
        row, column = np.unravel_index(picture.argmax(), picture.shape)
        middle = picture.shape[1] / 2
        assert (column > middle + 3) == turned, key  # the ball is on the person's left
        assert row < picture.shape[0] / 2 or key == "coronal" and row_axis == 2
    expected = head(ras_affine())[:, :, index[2]].T[::-1]
    shown = grey(page, "axial").astype(float)
    wanted = expected[:, ::-1] if turned else expected
    assert np.corrcoef(shown.ravel(), wanted.ravel())[0, 1] > 0.99


def test_planes_have_true_proportions_and_the_bar_tells_the_scale(page: Page) -> None:
    choose(page, "radiological")
    x, y, z = SPACING * SHAPE
    for key, (wide, high) in {"axial": (x, y), "coronal": (x, z), "sagittal": (y, z)}.items():
        place = page.locator(f"figure[data-key={key}] .box").bounding_box()
        assert place is not None
        scale = place["width"] / wide
        assert place["height"] == pytest.approx(scale * high, rel=0.01)
        ruler = page.locator(f"figure[data-key={key}] .ruler")
        length = float(ruler.inner_text().removesuffix(" mm"))
        assert ruler.evaluate("one => one.offsetWidth") == pytest.approx(scale * length, abs=2)


@pytest.mark.parametrize("convention", ["radiological", "neurological"])
def test_a_press_goes_to_its_place_in_mm_and_the_other_planes_follow(page: Page, convention: str) -> None:
    choose(page, convention)
    part(page, "reset").click()
    before = grey(page, "sagittal")
    place = page.locator("figure[data-key=axial] .box").bounding_box()
    assert place is not None
    x, y = int(SHAPE[0] * 0.25), int(SHAPE[1] * 0.7)
    shown = SHAPE[0] - 1 - x if convention == "radiological" else x
    page.mouse.click(
        place["x"] + (shown + 0.5) * place["width"] / SHAPE[0],
        place["y"] + (SHAPE[1] - 0.5 - y) * place["height"] / SHAPE[1],
    )
    page.wait_for_timeout(300)
    at = ras_affine() @ [x, y, SHAPE[2] // 2, 1]
    expect(part(page, "readout")).to_contain_text(f"x {at[0]:.1f}, y {at[1]:.1f}, z {at[2]:.1f} mm")
    value = head(ras_affine())[x, y, SHAPE[2] // 2]
    expect(part(page, "readout")).to_contain_text(f"value {value:.3g}")
    assert (grey(page, "sagittal") != before).any()


def crossing(page: Page, key: str) -> tuple[float, float]:
    """The crosshair's point on the screen."""
    found = page.locator(f"figure[data-key={key}]").evaluate(
        "one => { const [, row, column] = one.querySelector('.cross').getAttribute('d')"
        ".match(/^M0 ([\\d.]+)H\\d+M([\\d.]+)/).map(Number);"
        " const drawn = one.querySelector('svg'), view = drawn.getBoundingClientRect();"
        " const {width, height} = drawn.viewBox.baseVal;"
        " return [view.left + column / width * view.width, view.top + row / height * view.height]; }"
    )
    return found[0], found[1]


def test_zooming_keeps_the_crosshair_in_place_and_the_bar_true(page: Page) -> None:
    choose(page, "radiological")
    go_to_the_ball(page)
    keys = ("axial", "coronal", "sagittal", "seen")
    before = {key: crossing(page, key) for key in keys}
    scale = (
        page.locator("figure[data-key=axial] .box").evaluate("one => one.clientWidth") / (SPACING * SHAPE)[0]
    )
    for _ in range(3):
        part(page, "zoomIn").click()
    expect(part(page, "zoomText")).to_have_text("338 %")
    for key in keys:
        box = page.locator(f"figure[data-key={key}] .box").bounding_box()
        at = crossing(page, key)
        assert box is not None
        assert box["x"] <= at[0] <= box["x"] + box["width"] and box["y"] <= at[1] <= box["y"] + box["height"]
        assert at == pytest.approx(before[key], abs=1.5), key
    ruler = page.locator("figure[data-key=axial] .ruler")
    length = float(ruler.inner_text().removesuffix(" mm"))
    assert ruler.evaluate("one => one.offsetWidth") == pytest.approx(1.5**3 * scale * length, abs=2)
    said = part(page, "readout").inner_text()
    page.mouse.click(*crossing(page, "axial"))  # where the crosshair is seen is where a press goes
    page.wait_for_timeout(300)
    assert part(page, "readout").inner_text() == said
    page.get_by_role("radio", name="Move").click()
    x, y = crossing(page, "axial")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 20, y - 10, steps=3)
    page.mouse.up()
    page.wait_for_timeout(300)
    assert crossing(page, "axial") == pytest.approx((x + 20, y - 10), abs=1.5)
    page.locator("figure[data-key=axial] .box").focus()
    page.keyboard.press("-")
    expect(part(page, "zoomText")).to_have_text("225 %")
    page.keyboard.press("0")
    expect(part(page, "zoomText")).to_have_text("100 %")
    page.get_by_role("radio", name="Look").click()


def test_when_one_of_two_fingers_is_lifted_the_other_goes_on_moving(page: Page) -> None:
    choose(page, "radiological")
    part(page, "reset").click()
    axial = page.locator("figure[data-key=axial] .box")
    x, y = crossing(page, "axial")
    said = part(page, "readout").inner_text()
    for number, right in ((1, -20), (2, 20)):
        finger(axial, "down", number, x + right, y)
    page.wait_for_timeout(100)
    expect(part(page, "readout")).to_have_text(said)  # a finger that may yet scroll does not look
    finger(axial, "move", 2, x + 60, y)
    expect(part(page, "zoomText")).to_have_text("200 %")
    before, said = crossing(page, "axial"), part(page, "readout").inner_text()
    finger(axial, "up", 1, x - 20, y)
    for right in (55, 50, 45):
        finger(axial, "move", 2, x + right, y + 5)
    page.wait_for_timeout(100)
    assert crossing(page, "axial") == pytest.approx((before[0] - 15, before[1] + 5), abs=1.5)
    expect(part(page, "readout")).to_have_text(said)
    finger(axial, "up", 2, x + 45, y + 5)
    part(page, "reset").click()
    finger(axial, "down", 1, x - 20, y)
    finger(axial, "up", 1, x - 20, y)
    expect(part(page, "readout")).not_to_have_text(said)
    part(page, "reset").click()


def test_a_broken_file_is_named_and_the_scan_stays(page: Page) -> None:
    before = grey(page, "axial")
    upload(page, "broken.nii", b"nonsense" * 100)
    expect(page.get_by_text("broken.nii is not a NIfTI file")).to_be_visible(timeout=60_000)
    settle(page)
    assert (grey(page, "axial") == before).all()
    part(page, "reset").click()
    expect(part(page, "status")).to_contain_text("convention")


def test_deletion_takes_the_scan_off_the_page(page: Page) -> None:
    page.get_by_role("button", name="Delete scan").click()
    expect(page.locator("figure[data-key=axial]")).to_have_count(0, timeout=60_000)
    expect(page.get_by_text("Load a scan in the sidebar")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("head.nii")).to_have_count(0)
    settle(page)
    page.get_by_role("button", name="Load", exact=True).click()
    expect(page.get_by_text("choose a file under Scan")).to_be_visible(timeout=60_000)
