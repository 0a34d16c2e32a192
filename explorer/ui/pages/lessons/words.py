"""Words of lessons with their figures, computed once a server: they follow from the lesson alone."""

from __future__ import annotations

import re
from functools import lru_cache

from explorer.lessons.claims import filled_in
from explorer.lessons.lesson import Step, lesson_called

FIGURE = re.compile(r"\{[^{}]+\}")


def without_figures(text: str) -> str:
    """A text that waits for its figures."""
    return FIGURE.sub("…", text)


@lru_cache(maxsize=256)
def told(lesson: str, number: int) -> str:
    """The text of a step, from 1."""
    return lesson_called(lesson).shown[number - 1].told()


@lru_cache(maxsize=256)
def answered(lesson: str, number: int) -> tuple[int, str]:
    """Which choice of a step's question is right, and the sentence that says why."""
    step = lesson_called(lesson).shown[number - 1]
    assert isinstance(step, Step) and step.question is not None
    figures = step.figures()
    return step.question.right(figures), filled_in(step.question.answer, figures)
