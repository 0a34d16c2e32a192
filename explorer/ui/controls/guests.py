"""The session's hold on a slice of a person's own scan in the place of a dataset's slice."""

from __future__ import annotations

import streamlit as st

from explorer.looking.guest import Guest

GUEST, VISIT = "guest", "visit"
"""Keys of the session: the slice, and what the Explore page remembers, which may hold it as well."""


def current() -> Guest | None:
    """The session's guest, if there is one."""
    found: Guest | None = st.session_state.get(GUEST)
    return found


def put(guest: Guest) -> None:
    """Show this slice on the Explore page."""
    close()
    st.session_state[GUEST] = guest


def close() -> None:
    """Let go of the guest and of all that holds it."""
    for key in (GUEST, VISIT):
        st.session_state.pop(key, None)
