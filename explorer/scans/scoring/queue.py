"""Work that waits its turn: one scan is scored at a time, first come, first served, and each knows its place.

A task whose owner has gone (a closed tab asks no more) is given up, so that nobody waits for it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum
from functools import partial

from explorer.scans.scoring.scoring import ScoredScan

PATIENCE_S = 60.0
"""Seconds after which a task that nobody asks about is given up."""


class State(Enum):
    """Where a task stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


OPEN = (State.WAITING, State.RUNNING)


@dataclass(frozen=True)
class Progress:
    """What can be said of a task at one moment.

    Attributes:
        state: where it stands.
        ahead: tasks before it, the running one included; 0 once it runs.
        done: images scored.
        total: images to be scored, 0 while not known.
        remaining_s: estimated seconds until it is finished, None while not known.
    """

    state: State
    ahead: int
    done: int
    total: int
    remaining_s: float | None


class Task:
    """One scan to be scored."""

    def __init__(self, steps: Callable[[], Iterator[ScoredScan]]) -> None:
        self._steps: Callable[[], Iterator[ScoredScan]] | None = steps
        self._seen = time.monotonic()
        self._started = 0.0
        self.state = State.WAITING
        self.scored: ScoredScan | None = None
        self.problem = ""

    def cancel(self) -> None:
        """Give the task up and let go of its scan; a batch that is being scored is finished and forgotten."""
        if self.state in OPEN:
            self.state = State.CANCELLED
        self._steps = self.scored = None

    def seen(self) -> None:
        """Say that somebody still waits for it."""
        self._seen = time.monotonic()

    @property
    def abandoned(self) -> bool:
        """Whether nobody has asked for too long."""
        return time.monotonic() - self._seen > PATIENCE_S

    def run(self) -> None:
        """Do the work, step by step, until it is done or cancelled; errors are the caller's."""
        steps = self._steps
        if self.state is not State.WAITING or steps is None or self.abandoned:
            self.cancel()
            return
        self.state, self._started = State.RUNNING, time.monotonic()
        for scored in steps():
            if self.state is not State.RUNNING or self.abandoned:
                self.cancel()
                return
            self.scored = scored

    def end(self, error: BaseException | None) -> None:
        """Say how the work ended and let go of it."""
        if isinstance(error, ValueError):
            self.problem = str(error)
        elif error is not None:
            logging.getLogger(__name__).error("scoring a scan failed: %s", type(error).__name__)
            self.problem = "something went wrong in the program while the scan was scored; the log names it"
        if self.state is State.RUNNING:
            self.state = State.DONE if error is None else State.FAILED
        self._steps = None

    def remaining_s(self) -> float | None:
        """Seconds left at the pace so far."""
        scored = self.scored
        if self.state is not State.RUNNING or scored is None or not scored.done:
            return None
        return (time.monotonic() - self._started) / scored.done * (scored.total - scored.done)


class Queue:
    """Runs tasks one after another, in a thread of its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tasks: list[Task] = []
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="scans")

    def submit(self, steps: Callable[[], Iterator[ScoredScan]]) -> Task:
        """Put work at the end of the queue.

        Args:
            steps: starts the work and yields after each batch.
        """
        task = Task(steps)
        with self._lock:
            self._tasks.append(task)
            ended = self._pool.submit(task.run)
        ended.add_done_callback(partial(self._end, task))
        return task

    def progress(self, task: Task) -> Progress:
        """How far a task is; asking keeps it alive."""
        task.seen()
        with self._lock:
            before = self._tasks[: self._tasks.index(task)] if task in self._tasks else []
        state, scored = task.state, task.scored
        done, total = (0, 0) if scored is None else (scored.done, scored.total)
        ahead = sum(other.state in OPEN for other in before) if state is State.WAITING else 0
        return Progress(state, ahead, done, total, task.remaining_s())

    def close(self) -> None:
        """Give all tasks up and take no more, so that the program can end; a batch under way is finished."""
        with self._lock:
            tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _end(self, task: Task, ended: Future[None]) -> None:
        task.end(None if ended.cancelled() else ended.exception())
        with self._lock:
            self._tasks = [other for other in self._tasks if other is not task]
