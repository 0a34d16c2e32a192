"""Lessons on the page: every step opens in its state and says its figures; questions wait for an answer."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from explorer.lessons.lesson import Lesson, Step, lessons
from explorer.lessons.link import parameters
from explorer.lessons.preset import presets
from explorer.looking.state import State
from explorer.ui.controls.guests import VISIT
from explorer.ui.messages import plain
from explorer.ui.pages import explore
from explorer.ui.pages.lessons import course
from explorer.ui.pages.lessons.words import answered
from tests.app.test_explore import MAIN

FIRST = lessons()[0]


@pytest.fixture(autouse=True)
def no_cohort(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing here concerns the cohort, which takes most of the time."""
    monkeypatch.setattr(explore, "_cohort", lambda *_: None)
    yield


def opened(**address: str) -> AppTest:
    app = AppTest.from_file(MAIN, default_timeout=120)
    for key, value in address.items():
        app.query_params[key] = value
    return app.run()


def listed() -> None:
    """The page "Lessons", with its links as JSON."""
    import json

    import streamlit as st

    from explorer.ui.pages.lessons.page import page

    page(lambda label, address: st.code(json.dumps([label, address])))


def state(app: AppTest) -> State:
    found: State = app.session_state[VISIT].scene.state
    return found


def texts(app: AppTest) -> list[str]:
    kinds = (app.markdown, app.caption, app.success, app.info)
    return [element.value for kind in kinds for element in kind]


def press(app: AppTest, key: str) -> AppTest:
    return app.button(key=key).click().run()


def asked(app: AppTest) -> bool:
    return bool([radio for radio in app.radio if (radio.key or "").startswith("lesson-question")])


@pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.name)
def test_a_lesson_plays_from_its_first_step_to_its_open_question(lesson: Lesson) -> None:
    app = opened(lesson=lesson.name)
    for number, shown in enumerate(lesson.shown, 1):
        assert [message.value for kind in (app.exception, app.error, app.warning) for message in kind] == []
        assert state(app) == shown.shown
        assert plain(shown.told()) in texts(app)
        assert asked(app) == (isinstance(shown, Step) and shown.question is not None)
        assert app.button(key="lesson-next").disabled == (number == len(lesson.shown))
        if number < len(lesson.shown):
            press(app, "lesson-next")
    press(app, "lesson-back")
    assert state(app) == lesson.steps[-1].shown


def test_an_answer_is_hidden_until_one_has_answered_and_forgotten_afterwards() -> None:
    number = next(k for k, step in enumerate(FIRST.steps, 1) if step.question is not None)
    right, why = answered(FIRST.name, number)
    app = opened(lesson=FIRST.name, step=str(number))
    (radio,) = [radio for radio in app.radio if "question" in (radio.key or "")]
    assert radio.value is None and app.button(key="lesson-answer").disabled
    radio.set_value(right).run()
    assert not any(plain(why) in text for text in texts(app))
    press(app, "lesson-answer")
    assert f"Right. {plain(why)}" in texts(app)
    press(app, "lesson-next")
    press(app, "lesson-back")
    assert not any(plain(why) in text for text in texts(app))


def test_a_wrong_answer_is_told_what_is_right() -> None:
    number = next(k for k, step in enumerate(FIRST.steps, 1) if step.question is not None)
    question = FIRST.steps[number - 1].question
    assert question is not None
    right, why = answered(FIRST.name, number)
    app = opened(lesson=FIRST.name, step=str(number))
    (radio,) = [radio for radio in app.radio if "question" in (radio.key or "")]
    radio.set_value(1 - right).run()
    press(app, "lesson-answer")
    assert plain(f"No: {question.choices[right].text}. {why}") in texts(app)


def test_leaving_keeps_the_state_and_returning_is_offered() -> None:
    app = opened(lesson=FIRST.name, step="4")
    before = state(app)
    assert before != opened().session_state[VISIT].scene.state
    press(app, "lesson-leave")
    assert state(app) == before
    assert "lesson-next" not in [button.key for button in app.button]
    press(app, "lesson-return")
    assert f"Step 4 of {len(FIRST.steps)}" in texts(app)
    assert state(app) == before


def test_what_a_person_changes_in_a_step_stays_until_the_step_is_asked_for() -> None:
    app = opened(lesson=FIRST.name, step="1")
    assert "lesson-again" not in [button.key for button in app.button]
    app.select_slider(key="beta").set_value("10").run()
    assert state(app).beta == 10.0
    press(app, "lesson-again")
    assert state(app) == FIRST.steps[0].shown


def test_an_address_that_says_more_than_a_lesson_is_followed() -> None:
    app = opened(lesson=FIRST.name, step="1", beta="10")
    assert state(app).beta == 10.0
    assert state(app).place == FIRST.steps[0].shown.place


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ({"lesson": "algebra"}, "lesson=algebra"),
        ({"lesson": FIRST.name, "step": "99"}, "step=99"),
        ({"lesson": FIRST.name, "step": "two"}, "step=two"),
        ({"step": "2"}, "step=2"),
    ],
)
def test_a_lesson_that_there_is_not_is_named(address: dict[str, str], told: str) -> None:
    app = opened(**address)
    assert any(plain(told) in warning.value or told in warning.value for warning in app.warning)
    assert not app.exception and not app.error


def test_a_visitor_who_has_seen_no_lesson_is_offered_none() -> None:
    app = opened()
    assert [button.key for button in app.button if "lesson" in (button.key or "")] == []


def test_the_page_leads_to_every_lesson_and_every_preset() -> None:
    app = AppTest.from_function(listed, default_timeout=120).run()
    assert not app.exception
    links = [json.loads(one.value) for one in app.code]
    wanted = [[f"**{k}. {one.title}**", course.at(one.name, 1)] for k, one in enumerate(lessons(), 1)]
    assert links == [*wanted, *([f"**{one.title}**", parameters(one.shown)] for one in presets())]
    said = " ".join(one.value for one in app.caption)
    assert all(plain(one.told()) in said for one in presets()) and "{" not in said
