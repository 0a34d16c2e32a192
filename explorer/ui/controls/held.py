"""A mark in the address that a scan is held, so that a page that was loaded anew can say that it is gone.

The mark says nothing of the scan. It is written when a scan is loaded, not at each run: a person who goes
back would be sent forth again.
"""

from __future__ import annotations

import streamlit as st

MARK, HELD = "scan", "held"
SCAN, LOST = "own-scan", "own-lost"
"""Keys of the session: the scan, and whether one was lost and none has been loaded since."""


def mark() -> None:
    """A scan is held from now on."""
    st.query_params[MARK] = HELD
    st.session_state[LOST] = False


def unmark() -> None:
    """It was deleted by the person."""
    st.query_params.pop(MARK, None)


def is_lost() -> bool:
    """Whether the address tells of a scan that the session does not have; to be asked where it has none."""
    if st.query_params.get(MARK):
        unmark()
        st.session_state[LOST] = True
    return bool(st.session_state.get(LOST))
