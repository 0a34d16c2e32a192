"""Sessions are closed a while after their page, not before, and not when it came back."""

from __future__ import annotations

from explorer.ui.streamlit.departed import EVERY_S, GRACE_S, Departed

KEPT_BY_STREAMLIT_S = 120.0
"""`server.disconnectedSessionTTL`: after it Streamlit does not hand out the session that is to be closed."""


def test_a_session_is_due_once_its_page_is_gone_for_the_whole_grace() -> None:
    departed = Departed()
    departed.watch("a")
    departed.watch("b")
    assert departed.due(0.0, lambda _: True) == []
    assert departed.due(1000.0, lambda session: session == "b") == []
    assert departed.due(1000.0 + GRACE_S - 1, lambda session: session == "b") == []
    departed.watch("a")  # its last run may end after the page has gone
    assert departed.due(1000.0 + GRACE_S, lambda session: session == "b") == ["a"]
    assert departed.due(9000.0, lambda session: session == "b") == []


def test_a_page_that_comes_back_starts_anew() -> None:
    departed = Departed()
    departed.watch("a")
    assert departed.due(0.0, lambda _: False) == []
    assert departed.due(GRACE_S - 1, lambda _: True) == []
    assert departed.due(GRACE_S, lambda _: False) == []
    assert departed.due(2 * GRACE_S - 1, lambda _: False) == []
    assert departed.due(2 * GRACE_S, lambda _: False) == ["a"]


def test_sessions_are_closed_while_streamlit_still_knows_them() -> None:
    assert GRACE_S + 2 * EVERY_S < KEPT_BY_STREAMLIT_S
