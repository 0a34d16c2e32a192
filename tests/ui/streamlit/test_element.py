"""A place holds one element, whatever was drawn there before, with any Streamlit."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from explorer.ui.streamlit import element
from explorer.ui.streamlit.guard import TESTED

SCRIPT = """
import streamlit as st
from explorer.ui.streamlit.element import Place

box = st.container()
first, second = Place(box), Place(box)
for turn in range(3):
    first.draw("markdown", f"turn {turn}")
    second.draw(*("text", "done") if turn == 2 else ("progress", turn / 3, f"{turn} of 3"))
st.markdown("below")
"""


@pytest.mark.parametrize("tested", [TESTED, "0.0.0"], ids=["the tested one", "another one"])
def test_what_is_drawn_last_stands_alone(tested: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(element, "TESTED", tested)
    app = AppTest.from_string(SCRIPT).run()
    for _ in range(2):
        shown = [one.value for one in [*app.markdown, *app.text]]
        assert shown == ["turn 2", "below", "done"] and not app.exception and not app.get("progress")
        app.run()
