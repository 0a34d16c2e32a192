"""Streamlit collects garbage after each run of a page: the reason to put what stays out of its sight."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator

import pytest

from explorer.ui.streamlit.collector import out_of_its_sight
from tests.ui.streamlit.conftest import Server, until


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    yield
    gc.enable()
    gc.unfreeze()


def test_streamlit_collects_after_each_run(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    collected: list[int] = []
    monkeypatch.setattr(gc, "collect", lambda generation=2: collected.append(generation))

    async def visit() -> None:
        await server.runtime.start()
        session = await server.open()
        await until(lambda: collected == [2])
        await server.draw(session)
        await until(lambda: collected == [2, 2])
        server.runtime.stop()
        await server.runtime.stopped

    asyncio.run(visit())


def test_what_was_loaded_is_out_of_sight_even_where_loading_failed() -> None:
    with pytest.raises(ValueError, match="damaged"), out_of_its_sight():
        assert not gc.isenabled()
        kept: list[object] = [[]]
        raise ValueError("damaged")
    later: list[object] = [[]]
    seen = {id(one) for one in gc.get_objects()}
    assert gc.isenabled() and id(kept) not in seen and id(later) in seen
