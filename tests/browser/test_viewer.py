"""The viewer under the finger: what the canvases hold is what the server computed, exact to 8 bits."""

from __future__ import annotations

import csv
import dataclasses
import json
from functools import cache
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Page, expect

from explorer.anomalies import ANOMALIES
from explorer.looking.defaults import default_state
from explorer.looking.state import State
from explorer.wire.colour import MAPS, levels, lookup_table
from tests.browser.conftest import Visitor
from tests.browser.viewing import SMALL, at_hand, box, drag, part, pictures, pixels, point, thumb
from tests.support.browsing import settle, slider
from tests.support.frames import AllFrames, all_frames

MODEL = "beta-vae-fashion-mnist"


def state(**changed: object) -> State:
    """What the page at `SMALL` shows, with some of it changed."""
    found = dataclasses.replace(default_state(), dataset="fashion-mnist", place=(1, 0), model=MODEL)
    return dataclasses.replace(found, **changed)  # type: ignore[arg-type]


@cache
def computed() -> AllFrames:
    """All frames of `state()`."""
    return all_frames(state())


def expected(
    key: str, beta: float, found: AllFrames | None = None, score_map: str = "inferno"
) -> NDArray[np.uint8]:
    """Colours that a panel should hold, (H, W, 3)."""
    found = found or computed()
    i = int(np.abs(found.betas - beta).argmin())
    image = found.case.image.numpy()
    if key.startswith("map:"):
        track = found.tracks[key.removeprefix("map:")]
        return lookup_table(score_map)[levels(track.maps[i], track.bars[i, 0], track.bars[i, 1])]
    bar = float(found.residual_bar[i])
    values, low, high, name = {
        "input": (image, 0.0, 1.0, "grey"),
        "reconstruction": (found.x_hat[i], 0.0, 1.0, "grey"),
        "residual": (image - found.x_hat[i], -bar, bar, "signed"),
    }[key]
    return lookup_table(MAPS[name])[levels(values, low, high)]


def assert_shows(page: Page, beta: float, found: AllFrames | None = None) -> None:
    """Every panel holds the colours of this training beta; batches and machines round differently."""
    for key in pictures(page):
        differs = (pixels(page, key) != expected(key, beta, found)).any(-1).mean()
        assert differs <= 0.002, (key, differs)


def asked(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def plant_by_hand(page: Page) -> None:
    """Drag an anomaly of three pixels' radius about row 9, column 13, and wait until all has followed."""
    page.get_by_role("radio", name="Plant").click()
    drag(page, point(page, 9, 13), point(page, 9, 16))
    page.wait_for_function("location.search.includes('lesion-x')", timeout=60_000)
    settle(page)
    at_hand(page)


@pytest.fixture
def page(visit: Visitor) -> Page:
    found = visit(SMALL).page
    at_hand(found)
    return found


def test_panels_hold_what_the_server_computed(still: Page) -> None:
    assert len(pictures(still)) == 3 + len(state().predictors)
    assert_shows(still, 1.0)


def test_dragging_beta_moves_every_panel_without_the_server(page: Page) -> None:
    sent: list[str] = []
    page.evaluate("document.querySelector('[data-testid=stApp]').dataset.touched = ''")
    page.on("websocket", lambda _: sent.append("opened"))
    before = page.url
    drag(page, thumb(page, "beta", 16 / 24), thumb(page, "beta", 8 / 24), hold=True)
    expect(part(page, "betaText")).to_have_text("0.1")
    page.wait_for_timeout(300)
    assert_shows(page, 0.1)
    auroc = dict(zip(computed().betas, computed().tracks["elbo-gradient"].figures[:, 0], strict=True))
    shown = page.locator("figure[data-key='map:elbo-gradient'] figcaption span")
    expect(shown).to_have_text(f"AUROC {auroc[0.1]:.3f}")
    assert page.url == before and not sent
    assert slider(page, "Training β").get_attribute("aria-valuetext") == "1"
    page.mouse.up()
    expect(page.get_by_text("training β 0.1, KL weight 0.1")).to_be_visible(timeout=60_000)
    settle(page)
    assert asked(page)["beta"] == ["0.1"]
    assert slider(page, "Training β").get_attribute("aria-valuetext") == "0.1"
    assert_shows(page, 0.1)


def test_the_sidebar_moves_the_viewer(page: Page) -> None:
    slider(page, "Training β").focus()
    page.keyboard.press("ArrowLeft")
    expect(part(page, "betaText")).to_have_text("0.75", timeout=60_000)
    settle(page)
    assert_shows(page, 0.75)


def test_an_unlinked_scoring_beta_drags_alone(page: Page) -> None:
    part(page, "linked").click()
    expect(part(page, "scoring")).to_be_enabled(timeout=60_000)
    settle(page)
    at_hand(page)
    before = pictures(page)
    part(page, "scoring").focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(part(page, "scoringText")).to_have_text("3.16")
    page.wait_for_timeout(100)
    after = pictures(page)
    assert {key for key in after if after[key] != before[key]} == {"map:elbo-gradient"}
    expect(page.get_by_text("training β 1, KL weight 3.16")).to_be_visible(timeout=60_000)
    settle(page)
    assert (asked(page)["linked"], asked(page)["scoring-beta"]) == (["false"], ["3.16"])
    found = all_frames(state(linked=False, scoring_beta=3.16))
    assert_shows(page, 1.0, found)


def threshold_of(name: str, level: float) -> float:
    found = computed()
    row = found.tracks[name].quantiles[int(np.abs(found.betas - 1.0).argmin())]
    from explorer.evaluation.calibration import LEVELS

    return float(np.interp(level, LEVELS, row))


def rates(name: str, threshold: float) -> tuple[float, float, float]:
    """Dice, sensitivity and false-positive rate at a threshold, from the arrays."""
    found = computed()
    values = found.tracks[name].maps[int(np.abs(found.betas - 1.0).argmin())]
    foreground, mask = found.case.source.foreground.numpy(), found.case.mask.numpy()
    above, true = values[foreground] >= threshold, mask[foreground]
    hits = int((above & true).sum())
    return 2 * hits / (above.sum() + true.sum()), hits / true.sum(), (above & ~true).sum() / (~true).sum()


def test_the_threshold_moves_mask_rates_and_curve_together(still: Page) -> None:
    part(still, "active").select_option(label="ELBO gradient")
    drag(still, thumb(still, "level", 0.5), thumb(still, "level", 0.3))
    still.wait_for_timeout(100)
    place = int(part(still, "level").input_value())
    threshold = threshold_of("elbo-gradient", 1 - 10 ** (-4 * place / 1000))
    for name, value in zip(
        ("dice", "sensitivity", "falsePositive"), rates("elbo-gradient", threshold), strict=True
    ):
        assert float(part(still, name).inner_text()) == pytest.approx(value, abs=0.006)
    found = computed()
    values = found.tracks["elbo-gradient"].maps[int(np.abs(found.betas - 1.0).argmin())]
    drawn = pixels(still, "input", "found")[..., 3] > 0
    wanted = (values >= threshold) & found.case.source.foreground.numpy()
    assert (drawn != wanted).mean() < 0.005


def test_a_click_on_the_roc_curve_sets_the_threshold(still: Page) -> None:
    part(still, "active").select_option(label="ELBO gradient")
    place = part(still, "roc").bounding_box()
    assert place is not None
    still.mouse.click(place["x"] + 26 + 0.2 * (place["width"] - 32), place["y"] + 40)
    still.wait_for_timeout(100)
    assert float(part(still, "falsePositive").inner_text()) == pytest.approx(0.2, abs=0.03)


def test_hovering_shows_the_cross_everywhere_and_a_click_explains(still: Page) -> None:
    at = point(still, 12, 9, "map:kl-gradient")
    still.mouse.move(at["x"], at["y"])
    expect(part(still, "pixelTitle")).to_contain_text("Pixel x 9, y 12")
    crosses = still.locator(".box path.cross:not(.dark)").evaluate_all(
        "all => all.map(one => one.getAttribute('d'))"
    )
    assert len(crosses) == len(pictures(still)) and set(crosses) == {"M0 12.5H28M9.5 0V28"}
    cells = part(still, "pixel").locator("tbody tr").all_inner_texts()
    found = computed()
    i = int(np.abs(found.betas - 1.0).argmin())
    for cell, values in zip(cells, (found.case.image.numpy(), found.x_hat[i]), strict=False):
        assert float(cell.split()[-1]) == pytest.approx(float(values[12, 9]), abs=2e-3)
    expect(part(still, "pixel").locator(".why")).to_be_hidden()
    still.mouse.click(at["x"], at["y"])
    expect(part(still, "pixel").locator(".why")).to_be_visible()
    terms = [float(text) for text in part(still, "pixel").locator(".row b").all_inner_texts()]
    assert found.grad_kl is not None
    rec, kl = float(found.grad_rec[i, 12, 9]), float(found.grad_kl[i, 12, 9])
    assert terms == pytest.approx([rec, kl, rec + kl], rel=0.02, abs=2e-3)
    still.mouse.move(at["x"] - 40, at["y"] - 40)
    expect(part(still, "pixelTitle")).to_contain_text("Pixel x 9, y 12")


def test_dragging_on_the_input_plants_the_anomaly(page: Page) -> None:
    plant_by_hand(page)
    found = asked(page)
    assert found["lesion-by-hand"] == ["true"]
    x, y, size = (float(found[f"lesion-{name}"][0]) for name in ("x", "y", "size"))
    assert (x, y) == pytest.approx((13.5 / 28, 9.5 / 28), abs=0.011)
    assert size == pytest.approx(6 / 28, abs=0.02)
    planted = all_frames(state(anomaly=ANOMALIES["lesion"](x=x, y=y, size=size)))
    assert_shows(page, 1.0, planted)


def test_an_anomaly_dragged_out_of_the_image_stays(page: Page) -> None:
    plant_by_hand(page)
    before, shown = asked(page), pictures(page)
    inside, edge = point(page, 9, 13), box(page).bounding_box()
    assert edge is not None
    drag(page, inside, {"x": edge["x"] - 60, "y": inside["y"]})
    expect(part(page, "status")).to_contain_text("dragged out of the image")
    settle(page)
    assert asked(page) == before and pictures(page) == shown


def test_wheel_and_drag_zoom_and_pan_all_panels(still: Page) -> None:
    at = point(still, 7, 7)
    still.mouse.click(at["x"], at["y"])
    still.keyboard.press("Escape")
    still.mouse.wheel(0, -400)
    still.wait_for_timeout(150)
    views = still.locator(".box svg").evaluate_all("all => all.map(one => one.getAttribute('viewBox'))")
    assert len(set(views)) == 1
    left, top, width, _ = map(float, views[0].split())
    assert width < 20 and left < 7.5 < left + width
    drag(still, at, {"x": at["x"] - 30, "y": at["y"]})
    still.wait_for_timeout(100)
    moved = still.locator(".box svg").first.get_attribute("viewBox")
    assert (
        moved is not None and float(moved.split()[0]) > left and float(moved.split()[1]) == pytest.approx(top)
    )
    still.keyboard.press("0")
    still.wait_for_timeout(100)
    assert still.locator(".box svg").first.get_attribute("viewBox") == "0 0 28 28"


def test_everything_has_a_key(page: Page) -> None:
    box(page).focus()
    page.keyboard.press("ArrowRight")
    expect(part(page, "pixelTitle")).to_contain_text("Pixel x 15, y 14")
    page.keyboard.press("Enter")
    expect(part(page, "pixel").locator(".why")).to_be_visible()
    page.keyboard.press("Escape")
    before = part(page, "levelNote").inner_text()
    page.keyboard.press(".")
    expect(part(page, "levelNote")).not_to_have_text(before)
    page.keyboard.press("c")
    expect(part(page, "map")).to_have_value("magma")
    page.wait_for_timeout(100)
    assert (pixels(page, "map:kl-gradient") == expected("map:kl-gradient", 1.0, score_map="magma")).all(
        -1
    ).mean() > 0.99
    page.keyboard.press("t")
    expect(part(page, "truth")).not_to_be_checked()
    expect(box(page).locator("path.truth")).to_be_hidden()
    page.keyboard.press("[")
    expect(part(page, "betaText")).to_have_text("0.75")
    expect(page.get_by_text("training β 0.75, KL weight 0.75")).to_be_visible(timeout=60_000)


def test_the_range_of_each_image_is_chosen_with_a_warning(still: Page) -> None:
    expect(part(still, "ownWarning")).to_be_hidden()
    part(still, "own").check()
    expect(part(still, "ownWarning")).to_contain_text("healthy images glow")
    found = computed()
    values = found.tracks["kl-gradient"].maps[int(np.abs(found.betas - 1.0).argmin())]
    inside = values[found.case.source.foreground.numpy()]
    still.wait_for_timeout(100)
    wanted = lookup_table("inferno")[levels(values, float(inside.min()), float(inside.max()))]
    assert (np.abs(pixels(still, "map:kl-gradient").astype(int) - wanted) <= 8).all(-1).mean() > 0.99


def test_shift_and_drag_set_the_window_and_reset_brings_it_back(still: Page) -> None:
    at = point(still, 14, 14, "map:kl-gradient")
    still.keyboard.down("Shift")
    drag(still, at, {"x": at["x"] - 60, "y": at["y"]})
    still.keyboard.up("Shift")
    still.wait_for_timeout(100)
    bright = pixels(still, "map:kl-gradient")
    assert (bright != expected("map:kl-gradient", 1.0)).any()
    part(still, "reset").click()
    still.wait_for_timeout(100)
    assert (pixels(still, "map:kl-gradient") == expected("map:kl-gradient", 1.0)).all(-1).mean() > 0.99


def test_pictures_figures_and_maps_can_be_taken_away(still: Page, tmp_path: object) -> None:
    with still.expect_download() as picture:
        part(still, "png").click()
    assert picture.value.path().read_bytes().startswith(b"\x89PNG")
    with still.expect_download() as table:
        part(still, "csv").click()
    rows = list(csv.DictReader(table.value.path().read_text().splitlines()))
    assert len(rows) == 25 * len(state().predictors)
    assert all("not a medical device" in row["notice"] and None not in row.values() for row in rows)
    assert {row["map"] for row in rows} == set(state().predictors) and float(rows[0]["training_beta"]) > 0
    with still.expect_download() as maps:
        still.get_by_role("button", name="Maps (NPZ)").click()
    arrays = np.load(maps.value.path())
    assert "not a medical device" in json.loads(str(arrays["about"]))["notice"]
    found = computed()
    i = int(np.abs(found.betas - 1.0).argmin())
    np.testing.assert_allclose(arrays["map-kl-gradient"], found.tracks["kl-gradient"].maps[i], rtol=1e-3)
