"""Work that waits its turn: one scan is scored at a time, first come, first served, and each knows its place.

A task whose owner has gone (a closed tab asks no more) is given up, so that nobody waits for it.
"""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

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
        self.number = 0
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
        """Do the work, step by step, until it is done, fails or is cancelled."""
        steps = self._steps
        if self.state is not State.WAITING or steps is None or self.abandoned:
            self.cancel()
            return
        self.state, self._started = State.RUNNING, time.monotonic()
        try:
            for scored in steps():
                if self.state is not State.RUNNING or self.abandoned:
                    self.cancel()
                    return
                self.scored = scored
        except ValueError as error:
            self.problem = str(error)
        except Exception as error:  # noqa: BLE001 - the worker serves others too; the page tells this one
            logging.getLogger(__name__).error("scoring a scan failed: %s", type(error).__name__)
            self.problem = "something went wrong in the program while the scan was scored; the log names it"
        if self.state is State.RUNNING:
            self.state = State.FAILED if self.problem else State.DONE
        self._steps = None

    def remaining_s(self) -> float | None:
        """Seconds left at the pace so far."""
        scored = self.scored
        if self.state is not State.RUNNING or scored is None or not scored.done:
            return None
        return (time.monotonic() - self._started) / scored.done * (scored.total - scored.done)


class Queue:
    """Runs tasks one after another in a thread that ends when there is nothing to do."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tasks: list[Task] = []
        self._worker: threading.Thread | None = None
        self._numbers = itertools.count(1)

    def submit(self, steps: Callable[[], Iterator[ScoredScan]]) -> Task:
        """Put work at the end of the queue.

        Args:
            steps: starts the work and yields after each batch.
        """
        task = Task(steps)
        with self._lock:
            task.number = next(self._numbers)
            self._tasks.append(task)
            if self._worker is None:
                self._worker = threading.Thread(target=self._work, name="scans", daemon=True)
                self._worker.start()
        return task

    def progress(self, task: Task) -> Progress:
        """How far a task is; asking keeps it alive."""
        task.seen()
        with self._lock:
            ahead = [other for other in self._tasks if other.number < task.number and other.state in OPEN]
        state, scored = task.state, task.scored
        done, total = (0, 0) if scored is None else (scored.done, scored.total)
        waiting = len(ahead) if state is State.WAITING else 0
        return Progress(state, waiting, done, total, task.remaining_s())

    def _work(self) -> None:
        while True:
            with self._lock:
                self._tasks = [task for task in self._tasks if task.state in OPEN]
                if not self._tasks:
                    self._worker = None
                    return
                task = self._tasks[0]
            task.run()
            del task
