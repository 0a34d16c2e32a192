"""The session's hold on a slice of a person's own scan in the place of a dataset's slice."""

from __future__ import annotations

import streamlit as st

from explorer.looking.guest import Guest

GUEST, VISIT = "guest", "visit"
"""Keys of the session: the slice, and what the Explore page remembers, which may hold it as well."""

OWN = "own-slice"
"""Key in session and address: `true` where the slice is to be shown; what it shows, no address says."""


def current() -> Guest | None:
    """The session's guest, if there is one."""
    found: Guest | None = st.session_state.get(GUEST)
    return found


def put(guest: Guest) -> None:
    """Show this slice on the Explore page, when that is opened with `OWN` in its address."""
    close()
    st.session_state[GUEST] = guest


def leave() -> None:
    """Show the dataset's slices again; the address before this shows the guest."""
    st.session_state[OWN] = ""


def close() -> None:
    """Let go of the guest and of all that holds it."""
    for key in (GUEST, VISIT):
        st.session_state.pop(key, None)
