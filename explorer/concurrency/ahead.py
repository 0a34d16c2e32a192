"""Work on several items at once, results in order."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from typing import TypeVar

from explorer.concurrency.waiting import EVERY_S, pause, working_for

T = TypeVar("T")
R = TypeVar("R")


def in_order(work: Callable[[T], R], items: Iterable[T], workers: int) -> Iterator[R]:
    """Yield `work(item)` of each item in their order; up to `workers` threads work ahead.

    The caller waits as `explorer.concurrency.waiting` says. When it stops, what has begun is waited for, but
    waits no longer for anything itself; the rest is never begun. An exception of `work` comes when its result
    would have come. With fewer than two workers all is done in the caller's thread.
    """
    if workers < 2:
        yield from map(work, items)
        return
    waiting: deque[Future[R]] = deque()
    stopped = threading.Event()

    def working(item: T) -> R:
        with working_for(stopped):
            return work(item)

    with ThreadPoolExecutor(workers, thread_name_prefix="ahead") as pool:
        try:
            for item in items:
                waiting.append(pool.submit(copy_context().run, working, item))
                if len(waiting) > workers:
                    yield _result(waiting.popleft())
            while waiting:
                yield _result(waiting.popleft())
        finally:
            stopped.set()
            for future in waiting:
                future.cancel()


def _result(future: Future[R]) -> R:
    while not wait([future], EVERY_S).done:
        pause()
    return future.result()
