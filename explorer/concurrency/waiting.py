"""What a thread does while it waits: it tells who asked for its work, and stops where nobody wants it any.

Whoever starts work may be told while it waits (`telling`), and may stop it by an exception then. Threads that
work for another one know when that one has stopped (`working_for`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

EVERY_S = 0.1
"""Between two looks."""


class Unwanted(Exception):
    """Nobody wants the result of this work any more."""


class _Thread(threading.local):
    """What is known of one thread."""

    told: Callable[[], None] | None = None
    stopped: threading.Event | None = None


_here = _Thread()


@contextmanager
def telling(told: Callable[[], None]) -> Iterator[None]:
    """Have this called, in this thread, every now and then while it waits; its exceptions end the waiting."""
    before, _here.told = _here.told, told
    try:
        yield
    finally:
        _here.told = before


@contextmanager
def working_for(stopped: threading.Event) -> Iterator[None]:
    """Work for a thread that says so when it wants the result no longer."""
    before, _here.stopped = _here.stopped, stopped
    try:
        yield
    finally:
        _here.stopped = before


def pause() -> None:
    """To be called between two looks at what is waited for.

    Raises:
        Unwanted: where the thread that this one works for has stopped; also what `telling` was given raises.
    """
    if _here.stopped is not None and _here.stopped.is_set():
        raise Unwanted
    if _here.told is not None:
        _here.told()
