"""Loading ahead: without the garbage collector, which afterwards leaves alone what was loaded."""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterator

import pytest

from explorer.ui import warm
from explorer.ui.pages import explore


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    """Give back to the collector what a test has put out of its sight."""
    yield
    gc.enable()
    gc.unfreeze()


def test_what_was_loaded_is_not_looked_through_again(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[list[object]] = []
    collecting: list[bool] = []

    def load() -> None:
        collecting.append(gc.isenabled())
        kept.append([object()])

    monkeypatch.setattr(explore, "warm", load)
    warm.start_warming()
    warm.wait_until_warm()
    assert collecting == [False] and gc.isenabled()
    later: list[object] = [kept]
    seen = {id(one) for one in gc.get_objects()}
    assert id(kept[0]) not in seen and id(later) in seen


def test_what_cannot_be_loaded_is_logged_and_the_collector_goes_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def load() -> None:
        raise ValueError("the weights are damaged: fetch them again")

    monkeypatch.setattr(explore, "warm", load)
    with caplog.at_level(logging.WARNING):
        warm.start_warming()
        warm.wait_until_warm()
    assert "the weights are damaged: fetch them again" in caplog.text
    assert gc.isenabled() and gc.get_freeze_count() > 0
