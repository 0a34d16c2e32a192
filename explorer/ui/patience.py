"""What a visitor is told while others are served first; a newer change of the page ends the waiting."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import streamlit as st

from explorer.concurrency.turns import VISITOR
from explorer.concurrency.waiting import telling
from explorer.looking import server

KEY = "visitor"
"""Of the session: what tells visitors apart."""

UNNOTICED_S = 1.0
"""Seconds of waiting that are not worth a word."""

OTHERS = "others are served first"


@contextmanager
def patient(say: Callable[[float], None]) -> Iterator[None]:
    """Compute for the visitor of this session, in turn with the others.

    Args:
        say: called with the whole seconds for which the visitor has been waiting whenever they change; with 0
            when the waiting is over.
    """
    VISITOR.set(st.session_state.setdefault(KEY, secrets.token_hex(8)))
    said = 0.0

    def told() -> None:
        nonlocal said
        st.session_state.get(KEY)  # looking there, Streamlit ends this run if the page has changed
        waited = server.turns().waited()
        seconds = float(waited // 1) if waited >= UNNOTICED_S else 0.0
        if seconds != said:
            said = seconds
            say(seconds)

    with telling(told):
        yield
    if said:
        say(0.0)


def in_place(place: Any) -> Callable[[float], None]:
    """Say it as a caption in a place of its own, an `st.empty`."""

    def say(seconds: float) -> None:
        if seconds:
            place.caption(f":material/hourglass_top: {OTHERS.capitalize()}: waiting for {seconds:.0f} s")
        else:
            place.empty()

    return say
