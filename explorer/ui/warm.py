"""Loading ahead: what the first page needs is brought to memory in the background when the server starts."""

from __future__ import annotations

import logging
import threading


def start_warming() -> None:
    """Begin to load in a thread of its own; the page takes over whatever is done."""
    threading.Thread(target=_warm, name="warm-up", daemon=True).start()


def _warm() -> None:
    from explorer.ui.screens.explore import warm

    try:
        warm()
    except ValueError as error:  # the page says the same, with the remedy, to whoever opens it
        logging.getLogger(__name__).warning("%s", error)
