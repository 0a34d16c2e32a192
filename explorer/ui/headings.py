"""Headings for those who do not see the page: where a picture, a chart or a table says itself what it is."""

from __future__ import annotations

import html

import streamlit as st

from explorer.ui.streamlit.style import ALONE, UNSEEN


def unseen(level: int, text: str) -> None:
    """A heading that takes no room, as plain text.

    Args:
        level: 1 for the page, 2 for its parts, and so on.
        text: of the heading.
    """
    st.html(f'<h{level} class="{UNSEEN} {ALONE}">{html.escape(text)}</h{level}>')
