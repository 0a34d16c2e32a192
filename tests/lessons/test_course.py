"""Every lesson is true: each claim and each answer holds on the figures as they are computed here."""

from __future__ import annotations

import pytest

from explorer.lessons.claims import Claim, filled_in
from explorer.lessons.lesson import Lesson, Step, lesson_called, lessons

MARGIN = 0.05
"""By what share a figure may differ on another processor, without a lesson's becoming false."""
STEPS = [(lesson, number, step) for lesson in lessons() for number, step in enumerate(lesson.steps, 1)]


def named(value: object) -> str:
    return value.name if isinstance(value, Lesson) else str(value) if isinstance(value, int) else ""


@pytest.mark.parametrize(("lesson", "number", "step"), STEPS, ids=named)
def test_what_a_step_says_is_true(lesson: Lesson, number: int, step: Step) -> None:
    figures = step.figures()
    margins = {claim: Claim(claim).margin(figures) for claim in step.claims}
    assert margins, "a step must claim something"
    assert {claim: margin for claim, margin in margins.items() if margin < MARGIN} == {}
    assert "{" not in filled_in(step.text, figures)
    if step.question is not None:
        right = step.question.choices[step.question.right(figures)]
        assert Claim(right.when).margin(figures) > MARGIN
        assert "{" not in filled_in(step.question.answer, figures)


@pytest.mark.parametrize("lesson", lessons(), ids=named)
def test_anomalies_fit_and_open_questions_can_be_explored(lesson: Lesson) -> None:
    for shown in [*lesson.steps, lesson.open]:
        assert all(looked.scene.misfit == "" for looked in shown.figures().looked.values())
    assert lesson.open.text.rstrip().endswith("?")


def test_the_course_is_the_nine_lessons_of_the_field_in_order() -> None:
    assert [lesson.name for lesson in lessons()] == [
        "what-a-vae-keeps",
        "beta-and-rate-distortion",
        "residual-against-gradients",
        "the-kl-gradient",
        "trained-against-damage",
        "restoring-codes",
        "when-a-threshold-wins",
        "metrics-that-mislead",
        "another-scanner",
    ]
    assert all(1 <= lesson.minutes <= 10 for lesson in lessons())


def test_an_unknown_lesson_is_named() -> None:
    with pytest.raises(ValueError, match=r"unknown lesson 'algebra'; known: what-a-vae-keeps, "):
        lesson_called("algebra")
