"""Where a session is in the course: `?lesson=NAME&step=K`, which stands for the state that the step shows."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from explorer.lessons.lesson import Lesson, Step, lesson_called, lessons
from explorer.lessons.link import parameters
from explorer.lessons.shown import Shown
from explorer.ui.controls.address import Address
from explorer.ui.controls.steps import Parameters

LESSON, STEP = "lesson", "step"
"""Keys in address and session; steps count from 1, and one past the last is the open question."""
LEFT = "lesson-left"
"""Key of the session: name and step of the lesson that was left last."""
KEPT = ("colours", "overlay", "smooth", "sides")
"""Parts of the viewer's look that outlast a step."""
COMPLETE = "dataset"
"""A parameter that every address has which the page has written."""


@dataclass(frozen=True)
class Here:
    """A lesson and what of it is shown.

    Attributes:
        lesson: the lesson.
        number: of the step, from 1.
    """

    lesson: Lesson
    number: int

    @property
    def shown(self) -> Shown:
        """The step, or the open question."""
        return self.lesson.shown[self.number - 1]

    @property
    def step(self) -> Step | None:
        """The step; None at the open question."""
        return self.shown if isinstance(self.shown, Step) else None

    @property
    def count(self) -> int:
        """How many steps there are, with the open question."""
        return len(self.lesson.shown)


def take_up(address: Address) -> Here | None:
    """Where the session is, or None; begins a run after `Address.begin`.

    An address that says a lesson and its step alone has the page in the state of that step.
    """
    opened = LESSON in address.asked and COMPLETE not in address.asked
    names = ["", *(lesson.name for lesson in lessons())]
    address.place(LESSON, "", str, fits=lambda name: name in names)
    if not (name := st.session_state[LESSON]):
        return None
    lesson = lesson_called(name)
    address.place(STEP, 1, int, fits=lambda number: 1 <= number <= len(lesson.shown))
    here = Here(lesson, st.session_state[STEP])
    if opened:
        address.fill(parameters(here.shown.shown))
    return here


def at(lesson: str, number: int) -> Parameters:
    """The address of a step."""
    return {LESSON: [lesson], STEP: [str(number)]}


def go(address: Address, lesson: str, number: int) -> None:
    """Have the next run show a step; how the viewer shows things is kept as far as it suits every step."""
    look = {key: texts for key, texts in (address.written or {}).items() if key in KEPT}
    address.go(look | at(lesson, number))


def leave(here: Here) -> None:
    """End a lesson; the page stays as it is."""
    st.session_state[LEFT] = here.lesson.name, here.number
    st.session_state[LESSON] = ""
    st.session_state.pop(STEP, None)


def left() -> Here | None:
    """Where the lesson was that was left last."""
    found: tuple[str, int] | None = st.session_state.get(LEFT)
    return None if found is None else Here(lesson_called(found[0]), found[1])
