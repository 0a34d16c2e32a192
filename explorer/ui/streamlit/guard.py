"""What happens where Streamlit has changed: the page does without, and the log says once what is lost."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

TESTED = "1.67.0"
"""The version of Streamlit that this room was tested with."""

CHANGED = (ImportError, AttributeError, LookupError, TypeError, RuntimeError)
"""What comes of a piece that is gone, or takes something else than before."""

_log = logging.getLogger(__name__)
_told: set[tuple[str, type[BaseException]]] = set()


@contextmanager
def done_without(loss: str) -> Iterator[None]:
    """Do what leans on an undocumented piece of Streamlit, and nothing else, within this; go on without it.

    Args:
        loss: what is lost where the piece has changed, as the log shall say it.
    """
    try:
        yield
    except CHANGED as change:
        tell_once(loss, change)


def tell_once(loss: str, change: BaseException) -> None:
    """Log what is lost, and why; not again for a change of the same kind."""
    if (loss, type(change)) not in _told:
        _told.add((loss, type(change)))
        _log.warning("Streamlit has changed: %s", loss, exc_info=change)
