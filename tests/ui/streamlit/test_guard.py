"""Where Streamlit has changed, the page goes on and the log says so once; our own faults are not hidden."""

from __future__ import annotations

import logging

import pytest

from explorer.ui.streamlit.guard import done_without


@pytest.mark.parametrize(
    "change",
    [ImportError("no module"), AttributeError("gone"), TypeError("takes 1"), KeyError(1), RuntimeError("no")],
)
def test_a_changed_piece_is_told_once(change: Exception, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(3):
        with done_without("uploads stay"):
            raise change
    (said,) = caplog.records
    assert said.levelno == logging.WARNING and "uploads stay" in said.getMessage()
    assert said.exc_info is not None and said.exc_info[1] is change


def test_another_loss_is_told_too(caplog: pytest.LogCaptureFixture) -> None:
    for loss in ("uploads stay", "media stay"):
        with done_without(loss):
            raise AttributeError("gone")
    assert [said.getMessage().rpartition(": ")[2] for said in caplog.records] == [
        "uploads stay",
        "media stay",
    ]


def test_wrong_input_is_no_change_of_streamlit() -> None:
    with pytest.raises(ValueError, match="beta"), done_without("uploads stay"):
        raise ValueError("beta must be at least 0")
