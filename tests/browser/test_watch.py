"""Watching codes and restorations in a browser, with a tiny VQ-VAE beside the shipped models."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visitor
from tests.support.browsing import settle
from tests.support.server import ROOT, streamlit
from tests.support.tiny_codes import save_tiny_codes

CODES = "/?dataset=fashion-mnist&cohort=8&model=vq-vae&predictors=intensity&watch=codes"
SCRIPT = """
from pathlib import Path

import streamlit as st

from explorer.cards import catalogue
from explorer.ui.components.chart.route import plotly_route

catalogue.FOLDER = Path({models!r})
app = st.App({main!r}, routes=[plotly_route()])
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("models")
    for path in (ROOT / "pretrained").glob("beta-vae-fashion-mnist.*"):
        shutil.copy(path, folder)
    save_tiny_codes(folder)
    script = folder / "app.py"
    script.write_text(
        SCRIPT.format(models=str(folder), main=str(ROOT / "explorer" / "ui" / "pages" / "main.py"))
    )
    with streamlit(script) as (found, _):
        yield found


def part(page: Page, name: str) -> Locator:
    return page.locator(f".player [data-part={name}]")


def pictures(page: Page) -> list[str]:
    return [str(c.evaluate("c => c.toDataURL()")) for c in page.locator(".player .box canvas").all()]


def test_codes_are_played_paused_and_asked(visit: Visitor) -> None:
    seen = visit(CODES)
    page = seen.page
    part(page, "play").wait_for()
    expect(part(page, "play")).to_have_text("Play", timeout=30_000)  # it has played to its end
    expect(part(page, "label")).to_have_text("49 of 49 codes passed")
    end = pictures(page)
    part(page, "play").click()
    expect(part(page, "play")).to_have_text("Pause")
    part(page, "play").click()
    stopped = part(page, "label").inner_text()
    page.wait_for_timeout(1200)
    assert part(page, "label").inner_text() == stopped
    part(page, "at").press("Home")
    expect(part(page, "label")).to_have_text("0 of 49 codes passed")
    start = pictures(page)
    changing = [one != other for one, other in zip(start, end, strict=True)]
    assert changing == [False, False, False, True, True, True]  # resample, decode, residual

    cell = page.locator(".player .box.pick").first
    box = cell.bounding_box()
    assert box is not None
    cell.click(position={"x": box["width"] * 5.5 / 7, "y": box["height"] * 2.5 / 7})
    expect(page.get_by_role("heading", name="Prior at row 2, column 5")).to_be_visible(timeout=30_000)
    expect(page.get_by_text(re.compile(r"^Code \d+ of the image has p ="))).to_be_visible()
    settle(page)
    expect(part(page, "label")).to_have_text("0 of 49 codes passed")  # the player was not started anew
    assert pictures(page) == start
    assert seen.errors == []


def test_a_vq_vae_has_no_beta_to_move_and_explains_pixels_without(visit: Visitor) -> None:
    seen = visit(CODES.replace("&watch=codes", ""))
    page = seen.page
    expect(page.locator("[data-part=status]")).to_contain_text("complete; this model has one β")
    for name in ("beta", "scoring", "strip"):
        expect(page.locator(f".viewer [data-part={name}]")).to_be_hidden()
    page.locator("figure[data-key='input'] .box").click()
    why = page.locator(".viewer .why")
    expect(why).to_contain_text("∂ rec / ∂x")
    expect(why).to_contain_text("has no gradient")
    expect(why).not_to_contain_text("their sum")
    assert seen.errors == []
