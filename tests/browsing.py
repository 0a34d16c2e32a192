"""A Streamlit page in a real browser, for browser tests and benchmarks: sliders, and when all is drawn."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

WATCH = """
window.lastPaint = performance.now();
new MutationObserver(() => requestAnimationFrame(() => { window.lastPaint = performance.now(); }))
  .observe(document, {subtree: true, childList: true, attributes: true, characterData: true});
"""
"""To run in every page before its own scripts; `settle` relies on it."""

QUIET_MS = 900


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
