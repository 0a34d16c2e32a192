"""The panel of a lesson beside the viewer: text, question, Back and Next."""

from __future__ import annotations

from typing import Any

import streamlit as st

from explorer.lessons.lesson import Step
from explorer.looking.state import State
from explorer.ui.controls.address import Address
from explorer.ui.messages import plain
from explorer.ui.pages.lessons import course
from explorer.ui.pages.lessons.course import Here
from explorer.ui.pages.lessons.words import answered, told, without_figures

ANSWERED = "lesson-answered"
"""Key of the session: lesson, step and choice of the question that was answered last; kept nowhere else."""
POINTED = {
    "dataset": ("Dataset", "dataset"),
    "place": ("Slice", "slice"),
    "anomaly": ("Kind of anomaly", "anomaly"),
    "strength": ("Strength", "lesion-strength"),
    "size": ("Size", "lesion-size"),
    "seed": ("Seed", "seed"),
    "model": ("Model", "model"),
    "beta": ("Training β", "beta"),
    "kl-weight": ("KL weight", "scoring-beta"),
    "maps": ("the maps", "predictors"),
    "cohort": ("Cohort size", "cohort"),
    "watch": ("Watch it happen", "watch"),
    "curves": ("the curves", "charts"),
    "viewer": ("the pictures", "viewer-stage"),
    "threshold": ("the threshold", "viewer-stage"),
}
"""What a step may point at: what it is called, and the key of its control or container."""
MARK = "outline: 2px solid #0072B2; outline-offset: 3px; border-radius: 4px;"
KEYS = (("Back", "PageUp", "Left", -1), ("Next", "PageDown", "Right", 1))
"""Button, key of a presenter, arrow, and how far it goes."""


class Panel:
    """The panel of a run, drawn at once but for what takes figures; nothing where there is no lesson.

    Args:
        here: where the session is in a lesson, or None.
        address: of the page, through which it goes to other steps.
        place: the container of the panel.
    """

    def __init__(self, here: Here | None, address: Address, place: Any) -> None:
        self._here, self._address, self._place = here, address, place
        self._text: Any = None
        if here is not None:
            with place:
                self._begin(here)

    def _begin(self, here: Here) -> None:
        """All but what takes figures."""
        st.markdown(f"**{here.lesson.title}**")
        st.caption(_where(here))
        self._text = st.empty()
        self._text.markdown(plain(without_figures(here.shown.text)))
        self._question = st.container()
        self._turn(here)
        if here.step is not None and here.step.control:
            name, key = POINTED[here.step.control]
            st.caption(f":material/arrow_forward: Look at {name}.")
            st.html(f"<style>.st-key-{key} {{{MARK}}}</style>")

    def _turn(self, here: Here) -> None:
        with st.container(horizontal=True, key="lesson-turn"):
            for name, presenter, _, step in KEYS:
                self._button(here, name, presenter, step, f"lesson-{name.lower()}", step > 0)
            st.button("Leave", key="lesson-leave", type="tertiary", on_click=course.leave, args=(here,))
        with st.container(key="lesson-arrows"):  # out of sight: a button has one shortcut
            for name, _, arrow, step in KEYS:
                self._button(here, name, arrow, step, f"lesson-arrow-{step}", False)

    def _button(self, here: Here, name: str, shortcut: str, step: int, key: str, primary: bool) -> None:
        to = here.number + step
        st.button(
            name,
            key=key,
            type="primary" if primary else "secondary",
            shortcut=shortcut,
            disabled=not 1 <= to <= here.count,
            on_click=course.go,
            args=(self._address, here.lesson.name, to),
        )

    def finish(self, state: State) -> None:
        """Fill in the figures, when what the step shows is on screen.

        Args:
            state: of the page, which a person may have changed since.
        """
        here = self._here
        if here is None:
            return
        self._text.markdown(plain(told(here.lesson.name, here.number)))
        with self._question:
            if here.step is not None and here.step.question is not None:
                _ask(here.lesson.name, here.number, here.step)
            if state != here.shown.shown:
                st.button(
                    "Show this step again",
                    key="lesson-again",
                    type="tertiary",
                    icon=":material/replay:",
                    on_click=course.go,
                    args=(self._address, here.lesson.name, here.number),
                )


def offer_return(address: Address) -> None:
    """Offer to go on with the lesson that was left, if there is one."""
    if (before := course.left()) is not None:
        st.button(
            f"Go on with “{before.lesson.title}”",
            key="lesson-return",
            type="tertiary",
            icon=":material/school:",
            on_click=course.go,
            args=(address, before.lesson.name, before.number),
        )


def _where(here: Here) -> str:
    if here.step is None:
        return "To explore"
    return f"Step {here.number} of {len(here.lesson.steps)}"


@st.fragment
def _ask(lesson: str, number: int, step: Step) -> None:
    """A question; what is right is computed and shown when one has answered."""
    question = step.question
    assert question is not None
    chosen = st.radio(
        plain(question.text),
        range(len(question.choices)),
        index=None,
        format_func=lambda one: question.choices[one].text,
        key=f"lesson-question-{lesson}-{number}",
    )
    if st.button("Answer", key="lesson-answer", disabled=chosen is None):
        st.session_state[ANSWERED] = lesson, number, chosen
    if chosen is not None and st.session_state.get(ANSWERED) == (lesson, number, chosen):
        right, why = answered(lesson, number)
        verdict = "Right." if chosen == right else f"No: {question.choices[right].text}."
        say = st.success if chosen == right else st.info
        say(plain(f"{verdict} {why}"))
