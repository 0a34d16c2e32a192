"""Loading ahead: what the first page needs is brought to memory in the background when the server starts."""

from __future__ import annotations

import logging
import threading

from explorer.ui.streamlit.collector import out_of_its_sight
from explorer.ui.streamlit.memory import give_large_pieces_back

_started: list[threading.Thread] = []


def start_warming() -> None:
    """Begin to load in a thread of its own."""
    give_large_pieces_back()
    thread = threading.Thread(target=_warm, name="warm-up", daemon=True)
    _started.append(thread)
    thread.start()


def warming() -> bool:
    """Whether the loading is under way."""
    return any(thread.is_alive() for thread in _started)


def wait_until_warm(seconds: float = 30.0) -> None:
    """Wait for the loading that is under way: doing the same beside it would slow down both."""
    for thread in _started:
        thread.join(seconds)


def _warm() -> None:
    try:
        with out_of_its_sight():
            from explorer.ui.pages.explore import warm

            warm()
    except ValueError as error:  # the page says the same, with the remedy, to whoever opens it
        logging.getLogger(__name__).warning("%s", error)
