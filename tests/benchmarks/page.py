"""How fast the Explore page is in a real browser, beside a bare Streamlit page in the same run.

    python -m tests.benchmarks.page [--changes 300]

Prints the time from opening the page on a server just started (median of 3) to the first complete view
(cohort included), the time from a control change to the last repaint, the ratio to a bare page with one
slider and one text, and the growth of the server's memory over many control changes. Exits with 1 when a
target is missed.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.browsing import WATCH, change, settle, slider
from tests.support.server import BARE, ROOT, resident_mb, streamlit

ROUNDS = 3
STEPS = (
    ("Subject", "ArrowRight"),
    ("Slice", "ArrowRight"),
    ("Training β", "ArrowLeft"),
    ("Strength", "ArrowRight"),
)


def new_page(browser: Browser) -> Page:
    """A page of a new session that notes when it was last repainted."""
    page = browser.new_context(viewport={"width": 1400, "height": 1000}).new_page()
    page.add_init_script(WATCH)
    return page


def fresh_view(browser: Browser, script: Path, folder: Path, text: str) -> float:
    """Seconds to the first complete view of a server that has only just answered its first request."""
    with streamlit(script, folder) as (address, _):
        page = new_page(browser)
        seconds = first_view(page, address, text)
        page.context.close()
    return seconds


def first_view(page: Page, address: str, text: str) -> float:
    """Seconds from opening the page to the last repaint of the first complete view."""
    page.goto(address)
    page.get_by_text(text).first.wait_for(timeout=120_000)
    return settle(page) / 1000


def main() -> int:
    """Run the benchmark; the exit code says whether all targets were met."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--changes", type=int, default=300, help="control changes for the memory figure; 0: skip"
    )
    parser.add_argument("--chromium", default="/usr/bin/chromium", help="path of the browser")
    arguments = parser.parse_args()
    missed = []
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=arguments.chromium, args=["--no-sandbox"])
        bare = Path(folder) / "bare.py"
        bare.write_text(BARE)
        firsts = [
            (
                fresh_view(browser, ROOT / "app.py", ROOT, "image AUROC of the sample scores"),
                fresh_view(browser, bare, Path(folder), "The value is"),
            )
            for _ in range(ROUNDS)
        ]
        first, bare_first = (statistics.median(column) for column in zip(*firsts, strict=True))
        print(
            f"first complete view   {first:6.2f} s   worst {max(ours for ours, _ in firsts):.2f} s   "
            f"bare page {bare_first:.2f} s   ratio {first / bare_first:.1f}"
        )
        missed += ["first view"] * (first > 6)
        with (
            streamlit(bare, Path(folder)) as (bare_address, _),
            streamlit(ROOT / "app.py") as (address, process),
        ):
            pages = [new_page(browser) for _ in range(2)]
            first_view(pages[0], bare_address, "The value is")
            first_view(pages[1], address, "image AUROC of the sample scores")
            slow, plain = [], []
            for turn in range(6):
                for label, key in STEPS:
                    seconds = change(pages[1], label, key)
                    plain.append(change(pages[0], "Value", key))
                    if turn:
                        slow.append(seconds)
            middle, bare_middle = statistics.median(slow), statistics.median(plain)
            print(
                f"control change        {middle:6.2f} s   worst {max(slow):.2f} s   "
                f"bare page {bare_middle:.2f} s   ratio {middle / bare_middle:.1f}"
            )
            missed += ["control change"] * (middle > 1)
            if arguments.changes:
                growth = memory_growth(pages[1], process, arguments.changes)
                print(f"memory over {arguments.changes} changes {growth:+.0f} MB")
                missed += ["memory"] * (growth > 100)
        browser.close()
    print("missed: " + ", ".join(missed) if missed else "all targets met")
    return bool(missed)


def memory_growth(page: Page, process: subprocess.Popen[bytes], changes: int) -> float:
    """MB that the server grew over many control changes, after a tenth of them to warm up."""
    start = 0.0
    for i in range(changes + changes // 10):
        if i == changes // 10:
            start = resident_mb(process)
        label, _ = STEPS[i % len(STEPS)]
        slider(page, label).focus()
        page.keyboard.press("ArrowRight" if (i // 40) % 2 == 0 else "ArrowLeft")
        page.wait_for_timeout(250)
    settle(page)
    time.sleep(1)
    return resident_mb(process) - start


if __name__ == "__main__":
    sys.exit(main())
