"""A place on the page whose element is replaced while the page runs.

`st.empty` is documented for this, but is seen empty at first: at every other change of a control the table of
figures would be gone for a frame. What is called on an element that was drawn takes its place. Were that no
longer so, tables would pile up; so a Streamlit that this was not tested with gets `st.empty`.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from explorer.ui.streamlit.guard import TESTED


class Place:
    """Room for one element at the end of a container; what was there stays until something is drawn."""

    def __init__(self, container: Any) -> None:
        self._at = container
        self._begun = False

    def draw(self, kind: str, *content: Any) -> None:
        """Draw an element in place of the one before.

        Args:
            kind: name of the method of a container that draws it, e.g. `caption`.
            content: its arguments.
        """
        if st.__version__ == TESTED:
            self._at = getattr(self._at, kind)(*content)
            return
        if not self._begun:
            self._at, self._begun = self._at.empty(), True
        getattr(self._at, kind)(*content)
