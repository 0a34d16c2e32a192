"""The Explore page in a real browser: what is seen, the state in the address, and no word to other hosts."""

from __future__ import annotations

import csv
import re
from urllib.parse import parse_qs, quote, urlsplit

from playwright.sync_api import Page, expect

from tests.browser.conftest import CHART, Visitor
from tests.browser.viewing import SMALL, at_hand, pictures
from tests.support.browsing import rerun, settle, slider

NOTICE = "Research and teaching only: not a medical device, not for diagnosis."
PICTURES = "figure .box"


def table(page: Page) -> list[str]:
    """Texts of the table's rows but for the time, which is measured."""
    rows = page.locator("[data-testid=stHtml] .xp-table tbody tr").all()
    return [" ".join(row.locator("td").all_inner_texts()[:-1]) for row in rows]


def asked(page: Page) -> dict[str, list[str]]:
    """The parameters of the page's address."""
    return parse_qs(urlsplit(page.url).query, keep_blank_values=True)


def press(page: Page, label: str, *keys: str) -> None:
    """Press keys on a slider, one after the other, and wait until all is drawn."""
    slider(page, label).focus()
    with rerun(page):
        for key in keys:
            page.keyboard.press(key)


def assert_same_in_a_fresh_context(page: Page, visit: Visitor) -> None:
    other = visit(page.url).page
    at_hand(page)
    at_hand(other)
    assert pictures(other) == pictures(page)
    assert table(other) == table(page)
    assert asked(other) == asked(page)


def test_the_first_view_is_complete(glance: Visitor) -> None:
    seen = glance()
    at_hand(seen.page)
    images = seen.page.locator(PICTURES)
    assert images.count() == 10
    assert all(len(image.get_attribute("aria-label") or "") > 10 for image in images.all())
    assert all(image.locator("canvas.data").evaluate("c => c.width") == 128 for image in images.all())
    assert seen.page.locator(CHART).count() == 3
    assert all(chart.is_visible() for chart in seen.page.locator(CHART).all())
    assert len(table(seen.page)) == 7
    expect(seen.page.get_by_text(NOTICE)).to_be_visible()
    assert seen.hosts <= {"127.0.0.1", ""}  # data: addresses have no host
    assert seen.errors == []
    assert asked(seen.page)["dataset"] == ["brain"] and len(asked(seen.page)["predictors"]) == 7


def test_all_panels_fit_on_a_large_screen(glance: Visitor) -> None:
    page = glance().page
    assert page.viewport_size == {"width": 1400, "height": 1000}
    bottoms = [
        box["y"] + box["height"] for panel in page.locator(PICTURES).all() if (box := panel.bounding_box())
    ]
    assert len(bottoms) == 10
    assert max(bottoms) <= 1000


def test_nothing_runs_over_the_side_of_a_narrow_screen(visit: Visitor) -> None:
    page = visit(width=800).page
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    main = "document.querySelector('[data-testid=stMain]')"
    assert page.evaluate(f"{main}.scrollWidth <= {main}.clientWidth")


def test_dark_and_light_follow_the_system(glance: Visitor) -> None:
    background = "getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"
    light = glance(SMALL, color_scheme="light").page.evaluate(background)
    dark = glance(SMALL, color_scheme="dark").page.evaluate(background)
    assert sum(map(int, re.findall(r"\d+", dark)[:3])) < 150 < sum(map(int, re.findall(r"\d+", light)[:3]))


def test_a_key_on_a_slider_moves_on_and_the_address_follows(visit: Visitor) -> None:
    page = visit("/?cohort=8").page
    before = pictures(page)
    press(page, "Slice", "ArrowRight")
    assert (asked(page)["cohort"], asked(page)["slice"]) == (["8"], ["33"])
    assert pictures(page)["input"] != before["input"]
    assert_same_in_a_fresh_context(page, visit)


def test_the_address_holds_the_whole_state(visit: Visitor) -> None:
    seen = visit(SMALL)
    page = seen.page
    page.get_by_role("combobox", name="Kind").click()
    with rerun(page):
        page.get_by_role("option", name="noise", exact=True).click()
    press(page, "Strength", "ArrowRight", "ArrowRight")
    with rerun(page):
        page.locator("input[type=number][aria-label=Seed]").first.fill("7")
        page.keyboard.press("Enter")
    press(page, "Training β", "ArrowLeft")
    page.get_by_text("KL weight in the ELBO map follows training β").click()
    slider(page, "KL weight in the ELBO map").wait_for()
    press(page, "KL weight in the ELBO map", "ArrowRight")
    with rerun(page):
        page.get_by_role("button", name="Remove KL gradient × error²").click()
    found = asked(page)
    assert (found["anomaly"], found["seed"], found["noise-strength"]) == (["noise"], ["7"], ["0.22"])
    assert (found["beta"], found["scoring-beta"], found["linked"]) == (["0.75"], ["1.33"], ["false"])
    assert len(found["predictors"]) == 6 and "combination" not in found["predictors"]
    assert len(table(page)) == 6
    assert_same_in_a_fresh_context(page, visit)
    assert seen.errors == []


def test_back_and_forward_undo_and_redo(visit: Visitor) -> None:
    page = visit(SMALL).page
    shown = [table(page)]
    for _ in range(2):
        press(page, "Index", "ArrowRight")
        shown.append(table(page))
    assert asked(page)["index"] == ["2"] and shown[0] != shown[1] != shown[2]
    page.wait_for_timeout(1100)  # until then an address may still be on its way
    for index, move in (("1", page.go_back), ("0", page.go_back), ("1", page.go_forward)):
        with rerun(page):
            move()
        assert asked(page)["index"] == [index] and table(page) == shown[int(index)]
        page.wait_for_timeout(1100)


def test_a_trip_to_the_other_page_and_a_reload_lose_nothing(visit: Visitor) -> None:
    page = visit(SMALL).page
    press(page, "Index", "ArrowRight")
    before = asked(page), table(page)
    for way_back in (page.go_back, lambda: page.get_by_role("link", name="Explore").click(), page.reload):
        if way_back != page.reload:
            page.get_by_role("link", name="Own scans").click()
            page.get_by_text("Your own scans").wait_for()
        way_back()
        at_hand(page)
        assert (asked(page), table(page)) == before


def test_a_hostile_address_is_answered_with_a_warning(visit: Visitor) -> None:
    picture = quote("![x](http://example.com/x.png)")
    seen = visit(f"{SMALL}&beta=-1&class={quote('<script>alert(1)</script>')}&unknown=1&other={picture}")
    warning = seen.page.locator("[data-testid=stAlert]")
    expect(warning).to_have_count(1)
    for text in ("beta=-1", "class=<script>alert(1)</script>", "unknown=1", "![x](http://example.com/x.png)"):
        expect(warning).to_contain_text(text)
    assert len(pictures(seen.page)) == 10
    assert len(table(seen.page)) == 7
    assert seen.hosts <= {"127.0.0.1", ""}
    assert seen.errors == []


def test_words_are_explained_by_key_and_the_cohort_is_taken_along(visit: Visitor) -> None:
    page = visit(SMALL).page
    page.locator("summary", has_text="What the words mean").focus()
    page.keyboard.press("Enter")
    for said in ("the unit of −log p", "(G * |∂ KL / ∂x|) (x − x̂)²", "Threshold of best Dice"):
        expect(page.locator(".xp-words").get_by_text(said).first).to_be_visible()
    for button, column in (("Cohort's figures (CSV)", "auroc"), ("Cohort's curves (CSV)", "precision")):
        with page.expect_download() as taken:
            page.get_by_role("button", name=button).click()
        rows = list(csv.DictReader(taken.value.path().read_text().splitlines()))
        assert float(rows[0][column]) >= 0 and rows[0]["dataset"] == "fashion-mnist"


def test_all_else_is_seen_while_many_passes_are_taken(visit: Visitor, address: str) -> None:
    many = (
        "/?cohort=8&subject=11&predictors=intensity&predictors=energy-projection&energy-projection-steps=500"
    )
    page = visit(SMALL).page
    page.goto(address + many)
    expect(page.get_by_text("Energy projection: being computed; all else is here.")).to_be_visible(
        timeout=60_000
    )
    assert [row.split()[0] for row in table(page)] == ["Intensity", "Energy"]
    panels = page.locator("figure .box").count()
    expect(page.get_by_text(re.compile(r"^Energy projection \d+ steps"))).to_be_visible(timeout=60_000)
    assert page.locator("figure .box").count() == panels == 5
    expect(page.get_by_text("computing …")).to_have_count(0)


def test_the_table_is_never_gone_while_it_is_computed_anew(visit: Visitor) -> None:
    page = visit("/?dataset=fashion-mnist&cohort=64").page
    page.evaluate(
        "() => { window.gone = 0; const look = () => { "
        "if (!document.querySelector('.xp-table:not(details *)')) window.gone++; "
        "requestAnimationFrame(look); }; look(); }"
    )
    for _ in range(4):
        press(page, "Strength", "ArrowLeft")
    assert page.evaluate("window.gone") == 0
    page.evaluate("document.querySelector('.xp-table:not(details *)').remove()")
    page.wait_for_function("window.gone > 0")  # so it would have been noted


def test_a_quick_series_of_changes_ends_with_the_last(visit: Visitor) -> None:
    page = visit("/?cohort=64&beta=0.1&seed=3").page
    slider(page, "Training β").focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(150)  # long enough for a run to begin, too short for a cohort of 64
    page.get_by_text(re.compile(r"^Cohort: 64 slices")).wait_for(timeout=120_000)
    settle(page)
    assert asked(page)["beta"] == ["0.422"]
    expect(page.get_by_text("training β 0.422, KL weight 0.422")).to_be_visible()
    expect(page.get_by_text(re.compile(r"^Cohort: \d+ of 64 slices"))).to_have_count(0)
    expect(page.get_by_role("heading", name="Cohort of 64: ROC")).to_be_visible()
    assert_same_in_a_fresh_context(page, visit)
