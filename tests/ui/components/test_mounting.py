"""What is handed to components: JSON that every browser reads, and packets as they are."""

from __future__ import annotations

import json

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.ui.components.mounting import as_bytes, whole
from tests.support.packets import handed


def test_bytes_stay_as_they_are() -> None:
    packet = bytes(range(256))
    assert as_bytes(packet) is packet


@pytest.mark.parametrize(
    "content",
    [
        {},
        {
            "name": "β, “quoted”, </script>",
            "charts": [{"x": [0.0, 0.1, 1e-300], "legend": False, "none": None}],
        },
    ],
)
def test_all_else_is_json_that_begins_with_a_brace_and_comes_back(content: dict[str, object]) -> None:
    found = as_bytes(content)
    assert found.startswith(b"{")  # by which `mount.js` knows it from a packet
    assert json.loads(found.decode("utf-8")) == content


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_no_browser_can_read_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        as_bytes({"value": value})


@pytest.mark.parametrize(
    ("said", "taken"), [(3, 3), (3.0, 3), ("3", 0), (None, 0), (True, 0), (float("nan"), 0)]
)
def test_numbers_from_the_browser_are_checked(said: object, taken: int) -> None:
    assert whole(said) == taken


def fed_page() -> None:
    """A page with a component that is fed, in a session of a test."""
    from pathlib import Path

    import streamlit as st

    from explorer.ui.components.mounting import Fed

    fed = Fed(Path("unused"), "viewer")
    fed.feed(st.container(), "settings", {"beta": "1"})
    fed.feed(st.container(), "packet", b"XPK1")


def test_what_was_heard_goes_along_with_what_the_page_says() -> None:
    app = AppTest.from_function(fed_page).run()
    assert handed(app, "explorer-viewer-feed") == [{"beta": "1", "heard": 0}, b"XPK1"]
    app.session_state["viewer-heard"] = 7
    assert handed(app.run(), "explorer-viewer-feed") == [{"beta": "1", "heard": 7}, b"XPK1"]
