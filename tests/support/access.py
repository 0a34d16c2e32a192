"""What axe-core finds on a page that people cannot see or use; it comes with the tools of `tests/js`."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

AXE = Path(__file__).parents[1] / "js/node_modules/axe-core/axe.min.js"
RUN = """
async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
  .filter(({impact}) => ["serious", "critical"].includes(impact))
  .flatMap(({id, nodes}) => nodes.map(({html, any}) =>
    `${id}: ${any[0]?.message ?? ""} ${html.slice(0, 99)}`))
"""


def serious(page: Page) -> list[str]:
    """Its serious and critical findings on a page as it stands, components included."""
    if not AXE.exists():
        pytest.skip("axe-core is not there: npm ci --prefix tests/js")
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(RUN)
    return found
