"""How fast the Explore page is in a real browser, beside a bare Streamlit page in the same run.

    python -m tests.benchmarks.page [--rounds 5] [--changes 300]

Prints, each beside a bare page with one slider and one text in the same run and as a multiple of it: the
time from opening the page on a server just started to the first maps and to the last repaint of the first
complete view (cohort and charts included); the same for a second visitor, whose browser has kept nothing;
the time from a control change to the maps, to the last chart and to the last repaint; and the growth of the
server's memory over many control changes. All are medians. Exits with 1 when a target is missed.

The script that draws charts takes half a second of a browser that has not kept it: other work on the machine
counts in that, so look at the multiples.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.browsing import WATCH, change, settle, slider
from tests.support.server import BARE, ROOT, resident_mb, streamlit

COMPLETE, BARE_COMPLETE = "image AUROC of the sample scores", "The value is"
STEPS = (
    ("Subject", "ArrowRight"),
    ("Slice", "ArrowRight"),
    ("Training β", "ArrowLeft"),
    ("Strength", "ArrowRight"),
)
MARKS = """
const known = new WeakMap();
const put = CanvasRenderingContext2D.prototype.putImageData;
CanvasRenderingContext2D.prototype.putImageData = function (...given) {
  const sum = given[0].data.reduce((all, value, i) => (all * 31 + value * (i % 7)) % 65521, 0);
  if (this.canvas.classList.contains("data") && known.get(this.canvas) !== sum) {
    known.set(this.canvas, sum);
    requestAnimationFrame(() => {
      window.lastMaps = performance.now();
      window.firstMaps ??= window.lastMaps;
    });
  }
  return put.apply(this, given);
};
new MutationObserver((changes) => {
  const inside = ({target}) => (target.closest ? target : target.parentElement)?.closest(".xp-plot");
  if (changes.some(inside)) requestAnimationFrame(() => { window.lastChart = performance.now(); });
}).observe(document, {subtree: true, childList: true, attributes: true, characterData: true});
"""
"""To run in every page after `WATCH`: when maps came to show something else, and charts were last drawn."""


@dataclass
class Table:
    """Prints times as multiples of a bare page's, and remembers which targets were missed."""

    missed: list[str]

    def row(self, name: str, seconds: list[float], bare: float, target: float, *, times: bool) -> None:
        """One line; the target is a multiple of the bare page, or seconds."""
        middle = statistics.median(seconds)
        found = middle / bare if times else middle
        unit = "bare pages" if times else "s"
        print(
            f"{name:<46}{middle:6.2f} s  worst {max(seconds):5.2f} s  {middle / bare:5.1f} x bare "
            f"({bare:.2f} s)  target {target:g} {unit}{'' if found <= target else '  MISSED'}"
        )
        self.missed += [name] * (found > target)


def new_page(browser: Browser) -> Page:
    """A page of a new session that notes when it was last repainted."""
    page = browser.new_context(viewport={"width": 1400, "height": 1000}).new_page()
    page.add_init_script(WATCH)
    page.add_init_script(MARKS)
    return page


def visited(browser: Browser, address: str, text: str) -> tuple[float, float]:
    """Seconds from opening the page to the first maps, if any, and to the last repaint of the view."""
    page = new_page(browser)
    page.goto(address)
    page.get_by_text(text).first.wait_for(timeout=120_000)
    complete = settle(page) / 1000
    maps = float(page.evaluate("window.firstMaps ?? NaN")) / 1000
    page.context.close()
    return maps, complete


def rounds(browser: Browser, bare: Path, count: int) -> Iterator[tuple[float, ...]]:
    """First maps and complete view of a fresh server, then of a second visitor; complete bare pages alike."""
    for _ in range(count):
        with streamlit(ROOT / "app.py") as (address, _process):
            ours = visited(browser, address, COMPLETE) + visited(browser, address, COMPLETE)
        with streamlit(bare, bare.parent) as (address, _process):
            plain = [visited(browser, address, BARE_COMPLETE)[1] for _ in range(2)]
        yield (*ours, *plain)


def changed(page: Page, label: str, key: str) -> tuple[float, float, float]:
    """Seconds from pressing a key on a slider to the maps, the last chart and the last repaint."""
    began = float(page.evaluate("window.lastMaps = window.lastChart = performance.now()"))
    complete = change(page, label, key)
    maps, chart = (float(page.evaluate(f"window.{name}")) - began for name in ("lastMaps", "lastChart"))
    return maps / 1000, chart / 1000, complete


def changes(pages: tuple[Page, Page]) -> Iterator[tuple[float, ...]]:
    """What `changed` gives for the app's page, and the last repaint of a bare page."""
    ours, plain = pages
    for turn in range(6):
        for label, key in STEPS:
            found = changed(ours, label, key), change(plain, "Value", key)
            if turn:
                yield (*found[0], found[1])


def memory_growth(page: Page, process: subprocess.Popen[bytes], count: int) -> float:
    """MB that the server grew over many control changes, after a tenth of them to warm up."""
    start = 0.0
    for i in range(count + count // 10):
        if i == count // 10:
            start = resident_mb(process)
        label, _ = STEPS[i % len(STEPS)]
        slider(page, label).focus()
        page.keyboard.press("ArrowRight" if (i // 40) % 2 == 0 else "ArrowLeft")
        page.wait_for_timeout(250)
    settle(page)
    time.sleep(1)
    return resident_mb(process) - start


def main() -> int:
    """Run the benchmark; the exit code says whether all targets were met."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3, help="servers started")
    parser.add_argument(
        "--changes", type=int, default=300, help="control changes for the memory figure; 0: skip"
    )
    parser.add_argument("--chromium", default="/usr/bin/chromium", help="path of the browser")
    arguments = parser.parse_args()
    table = Table([])
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=arguments.chromium, args=["--no-sandbox"])
        bare = Path(folder) / "bare.py"
        bare.write_text(BARE)
        maps, complete, second, second_complete, plain, second_plain = (
            list(column) for column in zip(*rounds(browser, bare, arguments.rounds), strict=True)
        )
        fresh, warm = statistics.median(plain), statistics.median(second_plain)
        table.row("fresh server: first maps", maps, fresh, 3, times=True)
        table.row("fresh server: complete view", complete, fresh, 4, times=True)
        table.row("second visitor: first maps", second, warm, 2, times=True)
        table.row("second visitor: complete view", second_complete, warm, 4, times=True)
        with (
            streamlit(bare, bare.parent) as (plain_address, _),
            streamlit(ROOT / "app.py") as (address, process),
        ):
            pages = new_page(browser), new_page(browser)
            for page, at, text in zip(
                pages, (address, plain_address), (COMPLETE, BARE_COMPLETE), strict=True
            ):
                page.goto(at)
                page.get_by_text(text).first.wait_for(timeout=120_000)
                settle(page)
            to_maps, to_chart, to_end, plain = (list(one) for one in zip(*changes(pages), strict=True))
            bare_change = statistics.median(plain)
            table.row("control change: maps", to_maps, bare_change, 0.5, times=False)
            table.row("control change: last chart", to_chart, bare_change, 1, times=False)
            table.row("control change: last repaint", to_end, bare_change, 1, times=False)
            if arguments.changes:
                growth = memory_growth(pages[0], process, arguments.changes)
                print(f"memory over {arguments.changes} changes {growth:+.0f} MB")
                table.missed += ["memory"] * (growth > 100)
        browser.close()
    print("missed: " + ", ".join(table.missed) if table.missed else "all targets met")
    return bool(table.missed)


if __name__ == "__main__":
    sys.exit(main())
