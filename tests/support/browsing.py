"""A Streamlit page in a real browser, for browser tests and benchmarks: sliders, and when all is drawn."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Locator, Page

WATCH = """
window.lastPaint = performance.now();
window.turns = 0;  // how often the script began or ended
const painted = () => requestAnimationFrame(() => { window.lastPaint = performance.now(); });
const watch = (root) => new MutationObserver((changes) => {
  window.turns += changes.filter(({attributeName}) => attributeName === "data-test-script-state").length;
  if (changes.some(({attributeName}) => !["aria-label", "title"].includes(attributeName))) painted();
}).observe(root, {subtree: true, childList: true, attributes: true, characterData: true});
watch(document);
const attachShadow = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (options) {
  const root = attachShadow.call(this, options);
  watch(root);
  return root;
};
const putImageData = CanvasRenderingContext2D.prototype.putImageData;
CanvasRenderingContext2D.prototype.putImageData = function (...given) {
  painted();
  return putImageData.apply(this, given);
};
"""
"""To run in every page before its own scripts; sees into components and canvases. All below relies on it."""

QUIET_MS = 900
"""Where the last repaint is measured, nothing late may be missed; nor on a busy machine."""


def settle(page: Page, quiet_ms: int = QUIET_MS) -> float:
    """Wait until nothing has been repainted for a while; the time of the last repaint, ms."""
    page.wait_for_function(
        "quiet => performance.now() - window.lastPaint > quiet && "
        "document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'",
        arg=quiet_ms,
        polling=50,  # by default the question is put at each animation frame, of which there then is one
        timeout=120_000,
    )
    return float(page.evaluate("window.lastPaint"))


@contextmanager
def rerun(page: Page) -> Iterator[None]:
    """Do something that makes the script run, and wait until it has, and until all is drawn."""
    before = page.evaluate("window.turns")
    yield
    page.wait_for_function("before => window.turns > before", arg=before, polling=20, timeout=60_000)
    settle(page)


def slider(page: Page, label: str) -> Locator:
    """The slider with this label, for the keyboard."""
    return page.locator(f"input[type=range][aria-label='{label}']")


def change(page: Page, label: str, key: str) -> float:
    """Seconds from pressing a key on a slider to the last repaint."""
    slider(page, label).focus()
    began = float(page.evaluate("performance.now()"))
    page.keyboard.press(key)
    page.wait_for_timeout(60)
    return (settle(page) - began) / 1000
