"""Charts of curves in a browser: points where the server computed them, and named under the pointer."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Locator, Page, expect

from explorer.looking import view
from explorer.looking.charts import Chart, precision_recall_chart, roc_chart
from tests.browser.conftest import Visitor
from tests.browser.test_viewer import state
from tests.browser.viewing import SMALL
from tests.support.browsing import rerun

COHORT = "/?dataset=fashion-mnist&cohort=16&predictors=intensity&predictors=elbo-gradient"
FOUR = ".st-key-charts .curves svg"
TICKS = """svg => [...svg.querySelectorAll(".tick")].map(one => ({
  value: Number(one.textContent), along: one.getAttribute("text-anchor") === "middle",
  x: Number(one.getAttribute("x")), y: Number(one.getAttribute("y")) - 4,
}))"""
LINES = "svg => [...svg.querySelectorAll('.line')].map(one => one.getAttribute('d'))"
HOLDS_ITS_TEXT = """figure => {
  const {left, right} = figure.getBoundingClientRect();
  const boxes = [...figure.querySelectorAll("text")].map(text => text.getBoundingClientRect());
  return left >= 0 && right <= innerWidth && boxes.length > 10
    && boxes.every(box => box.left >= left - 3 && box.right <= right + 3);
}"""
BRIGHTNESS = """([one, property]) => getComputedStyle(one)[property].match(/[0-9.]+/g).slice(0, 3)
  .reduce((sum, part) => sum + Number(part), 0) / 3"""


@cache
def charts() -> tuple[Chart, Chart]:
    """Both charts of the slice that the page at `SMALL` shows."""
    found = view.look(state()).histograms
    return (
        roc_chart("This slice: ROC", found),
        precision_recall_chart("This slice: precision-recall", found),
    )


@pytest.fixture
def page(glance: Visitor) -> Page:
    return glance(SMALL).page


def chart(page: Page, title: str) -> Locator:
    return page.locator(".curves figure", has=page.get_by_text(title, exact=True)).locator("svg")


def onto(svg: Locator, line: tuple[NDArray[np.float64], NDArray[np.float64]]) -> NDArray[np.float64]:
    """Where points lie in the picture by the labels of its axes, pixels, (N, 2)."""
    ticks = svg.evaluate(TICKS)
    placed = []
    for values, along, axis in ((line[0], True, "x"), (line[1], False, "y")):
        known = {tick["value"]: tick[axis] for tick in ticks if tick["along"] is along}
        placed.append(known[0] + (known[1] - known[0]) * values)
    return np.stack(placed, 1)


def drawn(svg: Locator, index: int) -> NDArray[np.float64]:
    """Points of a line of a chart, pixels, (N, 2)."""
    numbers = re.findall(r"-?\d+(?:\.\d+)?", svg.evaluate(LINES)[index])
    return np.array(numbers, float).reshape(-1, 2)


def test_four_charts_stand_side_by_side_and_show_the_whole_cohort(visit: Visitor) -> None:
    page = visit(COHORT).page
    titles = page.locator(f"{FOUR} .title")
    expect(titles).to_have_text(
        [f"{what}: {kind}" for what in ("This slice", "Cohort of 16") for kind in ("ROC", "precision-recall")]
    )
    places = [one.bounding_box() for one in page.locator(FOUR).all()]
    assert all(place is not None and place["width"] > 200 and place["height"] > 200 for place in places)
    assert len({place["y"] for place in places if place}) == 1
    lines = page.locator(FOUR).evaluate_all(f"all => all.map({LINES})")
    assert [len(one) for one in lines] == [3, 3, 3, 3]  # two predictors beside chance or prevalence
    assert lines[0] != lines[2] and lines[1] != lines[3]


@pytest.mark.parametrize("which", [0, 1])
def test_lines_pass_through_the_points_that_the_server_computed(page: Page, which: int) -> None:
    wanted = charts()[which]
    svg = chart(page, wanted.title)
    found = [drawn(svg, i) for i in range(len(svg.evaluate(LINES)))]
    assert len(found) == len(wanted.lines) == len(state().predictors) + 1
    exact = [line.name for line in wanted.lines].index("Intensity")  # of no network that rounds differently
    for i in (0, exact):
        line = wanted.lines[i]
        points = onto(svg, (np.array(line.x), np.array(line.y)))
        assert found[i].shape == points.shape
        assert np.abs(found[i] - points).max() < 0.5


def standing_alone(chart: Chart) -> tuple[int, int]:
    """Line and point of a chart of rates that lies farthest from all other points."""
    lines = [np.stack([line.x, line.y], 1) for line in chart.lines if line.texts is not None]
    names = [i for i, line in enumerate(chart.lines) if line.texts is not None]
    every = np.concatenate(lines)
    apart = [np.sort(np.hypot(*(every[None] - one[:, None]).transpose(2, 0, 1)), 1)[:, 1] for one in lines]
    best = max(range(len(lines)), key=lambda i: float(apart[i].max()))
    return names[best], int(apart[best].argmax())


def test_the_point_under_the_pointer_is_named_until_the_pointer_leaves(page: Page) -> None:
    wanted, _ = charts()
    svg = chart(page, wanted.title)
    tip = svg.locator("xpath=..").locator(".tip")
    expect(tip).to_be_hidden()
    index, k = standing_alone(wanted)
    at = drawn(svg, index)[k]
    svg.scroll_into_view_if_needed()
    place = svg.bounding_box()
    assert place is not None
    page.mouse.move(place["x"] + at[0] + 2, place["y"] + at[1] - 2)
    expect(tip).to_be_visible()
    name, _, numbers = tip.inner_text().rpartition(": ")
    line = wanted.lines[index]
    assert name == line.name
    assert [float(text) for text in numbers.split(", ")] == pytest.approx([line.x[k], line.y[k]], abs=2e-3)
    dot = svg.locator("circle.at")
    expect(dot).to_be_visible()
    marked = [float(dot.get_attribute(name) or "nan") for name in ("cx", "cy")]
    assert marked == pytest.approx(list(at), abs=0.1)
    page.mouse.move(place["x"] + at[0], place["y"] - 60)
    expect(tip).to_be_hidden()
    expect(dot).to_be_hidden()


def test_without_a_predictor_no_curve_is_left(visit: Visitor) -> None:
    page = visit(COHORT).page
    expect(page.locator(FOUR)).to_have_count(4)
    for name in ("intensity", "elbo-gradient"):
        with rerun(page):
            page.get_by_role("button", name=f"Remove {name}").click()
    expect(page.get_by_text("No map is chosen")).to_be_visible(timeout=60_000)
    expect(page.locator(FOUR)).to_have_count(0)


def test_curves_fit_on_a_narrow_screen(glance: Visitor) -> None:
    page = glance(SMALL, width=800).page
    figures = page.locator(".curves figure")
    assert figures.count() == 5
    for figure in figures.all():
        assert figure.evaluate(HOLDS_ITS_TEXT), figure.inner_text()
    assert page.locator(".curves").evaluate_all("all => all.every(one => one.scrollWidth <= one.clientWidth)")


@pytest.mark.parametrize(("scheme", "bright"), [("dark", True), ("light", False)])
def test_text_is_bright_on_a_dark_page_and_dark_on_a_bright_one(
    glance: Visitor, scheme: str, bright: bool
) -> None:
    page = glance(SMALL, color_scheme=scheme).page
    for kind in (".title", ".tick"):
        text = page.locator(f"{FOUR} {kind}").first.element_handle()
        assert (page.evaluate(BRIGHTNESS, [text, "fill"]) > 127) is bright
