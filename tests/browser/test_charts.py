"""Charts in a browser: what the server counted is drawn, named, hidden, rescaled, saved; a table else."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from explorer.looking.charts import Chart, curve_charts
from explorer.looking.defaults import default_state
from explorer.looking.scene import resolve
from explorer.looking.view import look
from tests.browser.conftest import CHART, Visitor
from tests.browser.viewing import SMALL
from tests.support.browsing import change, rerun, settle, slider
from tests.support.server import ROOT, streamlit

COHORT = "/?dataset=fashion-mnist&cohort=16&predictors=intensity&predictors=elbo-gradient"
SLICE = "This slice: ROC and precision-recall"
TITLES = [SLICE, "Cohort of 16: ROC and precision-recall", "Rate and distortion"]
LINES = ".scatterlayer .trace:has(.lines path)"
NUMBERS = ".scatterlayer .textpoint"
POINTS = """plot => plot.calcdata.map(line => ({
  uid: line[0].trace.uid, x: line.map(one => one.x), y: line.map(one => one.y)}))"""
PLACE = """([plot, x, y]) => { const {xaxis, yaxis} = plot._fullLayout, box = plot.getBoundingClientRect();
  return [box.left + xaxis._offset + xaxis.l2p(x), box.top + yaxis._offset + yaxis.l2p(y)]; }"""
DRAWN = """() => { const react = Plotly.react; window.drawn = [];
  Plotly.react = (...given) => { drawn.push(given[2].title.text); return react(...given); }; }"""
BRIGHTNESS = """(one, property) => getComputedStyle(one)[property].match(/[0-9.]+/g).slice(0, 3)
  .reduce((sum, part) => sum + Number(part), 0) / 3"""


def computed() -> Chart:
    """The chart of the slice that the page at `COHORT` shows."""
    changes: Any = {"dataset": "fashion-mnist", "place": (1, 0), "model": "beta-vae-fashion-mnist"}
    state = dataclasses.replace(default_state(), **changes)
    kept = {name: state.predictors[name] for name in ("intensity", "elbo-gradient")}
    (found,) = curve_charts(
        "This slice", look(resolve(dataclasses.replace(state, predictors=kept))).histograms
    )
    return found


def chart(page: Page, title: str = SLICE) -> Locator:
    """The chart with this title: its figure, its switch and its table."""
    return page.locator(".xp-chart").filter(has=page.locator(".gtitle", has_text=title))


def expect_ticks(found: Locator, *texts: str) -> None:
    """The axis of false-positive rates soon has these labels, or begins with the one."""
    labels = found.locator(".xaxislayer-above").first.locator(".xtick")
    if len(texts) == 1:
        expect(labels.first).to_have_text(texts[0])
    else:
        expect(labels).to_have_text(list(texts))


@pytest.fixture
def page(glance: Visitor) -> Page:
    return glance(COHORT).page


def test_charts_stand_where_they_belong_and_say_what_is_behind_them(page: Page) -> None:
    expect(page.locator(".xp-plot .gtitle")).to_have_text(TITLES)
    slice_box, cohort_box = (chart(page, title).bounding_box() for title in TITLES[:2])
    assert slice_box and cohort_box and slice_box["y"] == cohort_box["y"]
    assert min(slice_box["width"], cohort_box["width"]) > 400
    for title, behind in zip(TITLES, ("1 slice, ", "16 slices, ", "held-out healthy images"), strict=True):
        expect(chart(page, title).locator(".gtitle-subtitle")).to_contain_text(behind)
        assert len(chart(page, title).get_attribute("aria-label") or "") > 50
    assert chart(page).locator(LINES).count() == 6  # two predictors and chance, twice


def test_lines_hold_the_points_that_the_server_computed(page: Page) -> None:
    drawn = {line["uid"]: line for line in chart(page).locator(".xp-plot").evaluate(POINTS)}
    wanted = {line.uid: line for line in computed().figure.data}
    assert drawn.keys() == wanted.keys()
    for uid in ("chance", "chance2", "intensity", "intensity2"):  # of no network that rounds differently
        for axis in ("x", "y"):
            np.testing.assert_allclose(drawn[uid][axis], getattr(wanted[uid], axis), rtol=1e-6)


def test_the_point_under_the_pointer_is_named(page: Page) -> None:
    line = next(line for line in computed().figure.data if line.uid == "intensity")
    k = int(np.argmin(np.abs(line.x - line.y + 0.4)))  # well above chance
    plot = chart(page).locator(".xp-plot")
    plot.scroll_into_view_if_needed()
    x, y = page.evaluate(PLACE, [plot.element_handle(), float(line.x[k]), float(line.y[k])])
    page.mouse.move(x + 30, y)
    page.mouse.move(x, y)
    hover = plot.locator(".hoverlayer .hovertext")
    expect(hover).to_contain_text("Intensity")
    said = re.search(r"positive rate ([\d.]+), true-positive rate ([\d.]+)", hover.text_content() or "")
    assert said and [float(found) for found in said.groups()] == pytest.approx(
        [line.x[k], line.y[k]], abs=2e-3
    )
    page.mouse.move(1, 1)
    expect(hover).to_have_count(0)


def test_a_hidden_line_and_the_scale_stay_when_the_figure_changes(visit: Visitor) -> None:
    page = visit(COHORT).page
    found = chart(page)
    expect_ticks(found, "0")
    found.get_by_label("logarithmic false-positive rate").check()
    settle(page)
    expect_ticks(found, "0.0001", "0.001", "0.01", "0.1", "1")
    found.locator(".legendtoggle").nth(1).click()
    page.wait_for_timeout(500)  # by then it would have been a double click
    expect(found.locator(LINES)).to_have_count(4)
    expect(found.locator(NUMBERS)).to_have_count(2)
    before = found.locator(".xp-plot").evaluate(POINTS)
    change(page, "Strength", "ArrowRight")
    assert found.locator(".xp-plot").evaluate(POINTS) != before
    expect(found.locator(LINES)).to_have_count(4)
    expect_ticks(found, "0.0001", "0.001", "0.01", "0.1", "1")
    found.get_by_label("logarithmic false-positive rate").uncheck()
    settle(page)
    expect_ticks(found, "0")


def test_what_did_not_change_is_not_drawn_again(visit: Visitor) -> None:
    page = visit(COHORT).page
    page.evaluate(DRAWN)
    with rerun(page):
        slider(page, "Cohort size").press("ArrowLeft")
    expect(chart(page, "Cohort of 8: ROC")).to_be_visible()
    assert set(page.evaluate("drawn")) == {"Cohort of 8: ROC and precision-recall"}


def test_a_click_saves_the_figure_as_svg(page: Page) -> None:
    with page.expect_download() as waited:
        chart(page).locator("[data-attr=toImage], [data-title*='Download']").first.click()
    assert waited.value.suggested_filename == "this-slice-roc-and-precision-recall.svg"
    text = Path(waited.value.path()).read_text(encoding="utf-8")
    assert text.startswith("<svg") and "Intensity" in text and "ELBO gradient" in text


def test_the_same_stands_in_a_table(page: Page) -> None:
    table = chart(page).locator("table")
    expect(table).to_be_hidden()
    chart(page).get_by_text("Table", exact=True).click()
    expect(table).to_be_visible()
    expect(table.locator("tbody tr td:first-child")).to_have_text(["Intensity", "ELBO gradient"])
    chart(page).get_by_text("Table", exact=True).click()
    expect(table).to_be_hidden()


def test_without_plotly_the_place_says_so_and_shows_the_table(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.route("**/plotly-*", lambda route: route.abort())
    page.goto(address + SMALL)
    expect(page.locator(".xp-fault").first).to_contain_text("could not be loaded", timeout=60_000)
    expect(page.locator(".xp-chart table").first).to_be_visible()
    page.context.close()


def test_charts_are_drawn_under_a_base_path(visit: Visitor) -> None:
    with streamlit(ROOT / "app.py", base="/lecture/explorer") as (there, _):
        seen = visit(there + SMALL)
        expect(seen.page.locator(CHART)).to_have_count(3)
        assert seen.errors == []


def test_without_a_predictor_no_curve_is_left(visit: Visitor) -> None:
    page = visit(COHORT).page
    expect(page.locator(CHART)).to_have_count(3)
    for name in ("Intensity", "ELBO gradient"):
        with rerun(page):
            page.get_by_role("button", name=f"Remove {name}").click()
    expect(page.get_by_text("No map is chosen")).to_be_visible(timeout=60_000)
    expect(page.locator(".xp-plot .gtitle")).to_have_text(["Rate and distortion"])


@pytest.mark.parametrize("width", [800, 1400])
def test_charts_fit_their_place(glance: Visitor, width: int) -> None:
    page = glance(SMALL, width=width).page
    for found in page.locator(".xp-chart").all():
        place, paper = found.bounding_box(), found.locator(".main-svg").first.bounding_box()
        assert place and paper
        assert place["x"] <= paper["x"] and paper["x"] + paper["width"] <= place["x"] + place["width"] + 1
        assert place["x"] + place["width"] <= width


def test_on_a_telephone_a_finger_scrolls_and_nothing_is_squeezed(visit: Visitor) -> None:
    page = visit(SMALL, width=390, is_mobile=True, has_touch=True).page
    plot = chart(page, SLICE).locator(".xp-plot")
    assert plot.evaluate("one => one.layout.dragmode") is False
    assert plot.evaluate("one => one.scrollWidth > one.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_colours_are_the_themes_and_follow_it(visit: Visitor) -> None:
    page = visit(SMALL, color_scheme="dark").page
    assert_bright_text(page, True)
    page.emulate_media(color_scheme="light")
    page.wait_for_timeout(100)
    settle(page)
    assert_bright_text(page, False)


def assert_bright_text(page: Page, bright: bool) -> None:
    for kind in (".gtitle", ".xtick text", ".legendtext"):
        for text in page.locator(f".xp-plot {kind}").all():
            assert (text.evaluate(BRIGHTNESS, "fill") > 127) is bright
    paper = page.locator(".xp-plot .main-svg").first
    assert (paper.evaluate(BRIGHTNESS, "backgroundColor") < 127) is bright
