"""Lessons in a browser: led by keys, an answer that waits, and no serious fault for those who use helps."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from explorer.lessons.lesson import Step, lessons
from tests.browser.conftest import new_page
from tests.browser.test_access import findings
from tests.support.browsing import settle

FIRST = lessons()[0]


@pytest.fixture(scope="module")
def lesson(browser: Browser, address: str) -> Iterator[Page]:
    """The list of lessons, and from there the first."""
    with new_page(browser) as page:
        page.goto(f"{address}/lessons")
        page.get_by_text("Worth a look").wait_for()
        yield page


def where(page: Page, number: int) -> None:
    """Wait for a step."""
    expect(page.get_by_text(f"Step {number} of {len(FIRST.steps)}")).to_be_visible()


def test_the_list_has_no_serious_fault(lesson: Page) -> None:
    assert findings(lesson) == {}


def test_a_presenter_leads_and_an_answer_waits(lesson: Page) -> None:
    lesson.get_by_role("link", name=FIRST.title).click()
    where(lesson, 1)
    asking = next(k for k, step in enumerate(FIRST.steps, 1) if isinstance(step, Step) and step.question)
    settle(lesson)
    for number in range(2, asking + 1):
        lesson.keyboard.press("PageDown")
        where(lesson, number)
    settle(lesson)
    verdict = lesson.get_by_text("Right.").or_(lesson.get_by_text("No: "))
    expect(verdict).to_have_count(0)
    question = FIRST.steps[asking - 1].question
    assert question is not None
    lesson.get_by_text(question.choices[0].text, exact=True).click()
    lesson.get_by_role("button", name="Answer").click()
    expect(verdict).to_be_visible()
    assert findings(lesson) == {}
    lesson.keyboard.press("ArrowLeft")
    where(lesson, asking - 1)
    lesson.get_by_role("button", name="Leave").click()
    expect(lesson.get_by_role("button", name=f"Go on with “{FIRST.title}”")).to_be_visible()
