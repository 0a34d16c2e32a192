"""Betas of an address between two options of a slider, as old addresses have them: the nearest is taken."""

from __future__ import annotations

import math
from collections.abc import Sequence

import streamlit as st

TAKEN = "nearest-taken"
"""Kept in the session: by key, what the address asked for and what was taken instead."""


def take_nearest(key: str, options: Sequence[str]) -> None:
    """Before a slider is built for the first time: write the nearest option to the address and begin anew.

    Args:
        key: of the slider, and its name in the address.
        options: numbers of at least 0 as texts, ascending.
    """
    asked = st.query_params.get(key)
    if asked is None or asked in options or key in st.session_state:
        return
    found = nearest(asked, options)
    if found is not None:
        st.session_state[TAKEN] = st.session_state.get(TAKEN, {}) | {key: (asked, found)}
        st.query_params[key] = found
        st.rerun()


def nearest(asked: str, options: Sequence[str]) -> str | None:
    """The option nearest in ratio; None where the text is no number or beyond the ends."""
    try:
        number = float(asked)
    except ValueError:
        return None
    values = [float(option) for option in options]
    if not values[0] <= number <= values[-1]:  # not a number included
        return None
    smallest = min(value for value in values if value > 0) / 10

    def distance(place: int) -> float:
        return abs(math.log(max(values[place], smallest) / max(number, smallest)))

    return options[min(range(len(options)), key=distance)]
