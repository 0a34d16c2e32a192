"""The page "Lessons": what there is to learn, how long it takes, and states that are worth a look."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from explorer.lessons.lesson import lessons
from explorer.lessons.link import parameters
from explorer.lessons.preset import presets
from explorer.ui.controls.steps import Parameters
from explorer.ui.messages import plain
from explorer.ui.pages.lessons import course

Link = Callable[[str, Parameters], object]


def page(link: Link) -> None:
    """Show the page.

    Args:
        link: puts a link to Explore, of a label and an address.
    """
    st.header("Lessons")
    st.markdown(
        "Each lesson sets up the Explore page step by step and asks what you expect before it shows it. "
        "All figures are computed while you look."
    )
    if (before := course.left()) is not None:
        link(f"Go on with “{before.lesson.title}”", course.at(before.lesson.name, before.number))
    for number, lesson in enumerate(lessons(), 1):
        with st.container(border=True, key=f"lesson-{lesson.name}"):
            link(f"**{number}. {lesson.title}**", course.at(lesson.name, 1))
            st.caption(plain(f"{lesson.goal} About {lesson.minutes} minutes, {len(lesson.steps)} steps."))
    st.header("Worth a look")
    st.markdown("Without a lesson: the Explore page as it shows one thing well, with all its controls.")
    for preset in presets():
        with st.container(border=True, key=f"preset-{preset.name}"):
            link(f"**{preset.title}**", parameters(preset.shown))
            st.caption(plain(preset.told()))
