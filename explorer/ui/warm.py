"""Loading ahead: what the first page needs is brought to memory in the background when the server starts."""

from __future__ import annotations

import gc
import logging
import threading

_started: list[threading.Thread] = []


def start_warming() -> None:
    """Begin to load in a thread of its own."""
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
    """Load with the garbage collector at rest, and take what stays for good out of its sight.

    Streamlit collects after each run of the page, before the last messages are sent: looking through all of
    torch would delay them by 0.2 s.
    """
    gc.disable()
    try:
        from explorer.ui.pages.explore import warm

        warm()
    except ValueError as error:  # the page says the same, with the remedy, to whoever opens it
        logging.getLogger(__name__).warning("%s", error)
    finally:
        gc.enable()
        gc.freeze()
