"""The viewer in a browser: its parts, and its pixels as arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Locator, Page

from tests.support.browsing import settle

READ = "canvas => Array.from(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data)"
SMALL = "/?dataset=fashion-mnist&cohort=8"
"""The smallest images and the smallest cohort: soonest drawn."""
AT_HAND = "betas at hand"
"""What the viewer says when all frames have come."""


def part(page: Page, name: str) -> Locator:
    """A part of the viewer by its name in the HTML."""
    return page.locator(f"[data-part={name}]")


def box(page: Page, key: str = "input") -> Locator:
    """The picture of a panel."""
    return page.locator(f"figure[data-key='{key}'] .box")


def pixels(page: Page, key: str, canvas: str = "data") -> NDArray[np.uint8]:
    """Colours of a panel's canvas, (H, W, 3), or its whole content with transparency where not `data`."""
    chosen = box(page, key).locator("canvas.data" if canvas == "data" else "canvas:not(.data)")
    width, height = chosen.evaluate("canvas => [canvas.width, canvas.height]")
    found = np.array(chosen.evaluate(READ), np.uint8).reshape(height, width, 4)
    return found[..., :3] if canvas == "data" else found


def pictures(page: Page) -> dict[str, bytes]:
    """Content of every panel by its key."""
    keys = page.locator("figure[data-key]").evaluate_all("all => all.map(one => one.dataset.key)")
    return {key: pixels(page, key).tobytes() for key in keys}


def at_hand(page: Page) -> None:
    """Wait for all frames of the slice and for the page to rest."""
    page.locator("[data-part=status]", has_text=AT_HAND).wait_for(timeout=120_000)
    settle(page)


def point(page: Page, row: int, column: int, key: str = "input") -> dict[str, float]:
    """The middle of a pixel on the screen, for a picture that is not zoomed."""
    place: Any = box(page, key).bounding_box()
    width, height = box(page, key).locator("canvas.data").evaluate("canvas => [canvas.width, canvas.height]")
    return {
        "x": place["x"] + (column + 0.5) * place["width"] / width,
        "y": place["y"] + (row + 0.5) * place["height"] / height,
    }


def drag(
    page: Page, start: dict[str, float], end: dict[str, float], *, steps: int = 6, hold: bool = False
) -> None:
    """Press the mouse at one point, move it to another and let go, unless it is held."""
    page.mouse.move(start["x"], start["y"])
    page.mouse.down()
    page.mouse.move(end["x"], end["y"], steps=steps)
    if not hold:
        page.mouse.up()


FINGER = """
(box, [type, id, x, y]) => {
  box.setPointerCapture = () => {};  // no browser gives a finger that is not there
  const finger = {pointerId: id, pointerType: "touch", clientX: x, clientY: y};
  box.dispatchEvent(new PointerEvent(`pointer${type}`, {...finger, bubbles: true, composed: true}));
}
"""


def finger(picture: Locator, kind: str, number: int, x: float, y: float) -> None:
    """Let one of several fingers go "down", "move" or go "up" on a picture, at a point of the screen."""
    picture.evaluate(FINGER, [kind, number, x, y])


def thumb(page: Page, name: str, share: float) -> dict[str, float]:
    """The point of a slider at a share of its way, where its thumb would stand."""
    place: Any = part(page, name).bounding_box()
    radius = 8
    return {
        "x": place["x"] + radius + share * (place["width"] - 2 * radius),
        "y": place["y"] + place["height"] / 2,
    }
