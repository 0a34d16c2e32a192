"""Tasks run one at a time in their order, know their place, and end when nobody wants them any more."""

from __future__ import annotations

import gc
import threading
import time
import weakref
from collections.abc import Callable, Iterator

import pytest
import torch

from explorer.scans.scoring import queue
from explorer.scans.scoring.queue import OPEN, Queue, State, Task
from explorer.scans.scoring.scoring import ScoredScan


def scored(done: int, total: int = 3) -> ScoredScan:
    return ScoredScan(done, total, {"a": torch.full((1,), float(done))}, {})


class Work:
    """Steps that wait for permission, one by one."""

    def __init__(self) -> None:
        self.allowed = threading.Semaphore(0)
        self.begun = threading.Event()

    def __call__(self) -> Iterator[ScoredScan]:
        self.begun.set()
        for done in (1, 2, 3):
            self.allowed.acquire()
            yield scored(done)


def until(true: Callable[[], bool]) -> None:
    for _ in range(1000):
        if true():
            return
        time.sleep(0.01)
    raise AssertionError("it never happened")


def finish(found: Queue, *tasks: Task) -> None:
    until(lambda: all(found.progress(task).state not in OPEN for task in tasks))


def test_each_waits_its_turn_and_knows_its_place() -> None:
    found, works = Queue(), [Work() for _ in range(3)]
    tasks = [found.submit(work) for work in works]
    works[0].begun.wait(5)
    assert [found.progress(task).ahead for task in tasks] == [0, 1, 2]
    assert not works[1].begun.is_set()
    works[0].allowed.release(3)
    works[1].begun.wait(5)
    assert [found.progress(task).state for task in tasks] == [State.DONE, State.RUNNING, State.WAITING]
    assert found.progress(tasks[2]).ahead == 1
    for work in works[1:]:
        work.allowed.release(3)
    finish(found, *tasks)
    assert [task.scored is not None and task.scored.done for task in tasks] == [3, 3, 3]


def test_progress_counts_and_estimates_what_is_left() -> None:
    found, work = Queue(), Work()
    task = found.submit(work)
    work.begun.wait(5)
    assert found.progress(task).remaining_s is None
    time.sleep(0.05)
    work.allowed.release()
    until(lambda: found.progress(task).done == 1)
    now = found.progress(task)
    assert now.total == 3 and now.remaining_s is not None and now.remaining_s >= 0.1
    work.allowed.release(2)
    finish(found, task)
    assert found.progress(task).remaining_s is None


def test_a_cancelled_task_ends_and_lets_go_of_its_scan() -> None:
    found, first, second = Queue(), Work(), Work()
    running, waiting = found.submit(first), found.submit(second)
    held = weakref.ref(second)
    first.begun.wait(5)
    waiting.cancel()
    running.cancel()
    first.allowed.release(3)
    last = found.submit(lambda: iter([scored(3)]))
    finish(found, running, waiting, last)
    assert [task.state for task in (running, waiting, last)] == [State.CANCELLED, State.CANCELLED, State.DONE]
    assert not second.begun.is_set() and running.scored is None
    del second
    gc.collect()
    assert held() is None


def test_a_task_that_nobody_asks_about_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "PATIENCE_S", 0.02)
    found, work = Queue(), Work()
    task = found.submit(work)
    work.begun.wait(5)
    time.sleep(0.05)
    work.allowed.release(3)
    until(lambda: task.state is State.CANCELLED)


@pytest.mark.parametrize("error", [ValueError("beta is wrong"), RuntimeError("private detail")])
def test_a_failure_is_told_and_does_not_stop_the_queue(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> Iterator[ScoredScan]:
        yield scored(1)
        raise error

    found = Queue()
    task, after = found.submit(fail), found.submit(lambda: iter([scored(3)]))
    finish(found, task, after)
    assert (task.state, after.state) == (State.FAILED, State.DONE)
    known = isinstance(error, ValueError)
    assert (task.problem == str(error)) == known
    assert "private detail" not in caplog.text and ("RuntimeError" in caplog.text) != known


@pytest.mark.parametrize("fails", [False, True])
def test_nothing_of_a_task_is_kept_after_its_end(fails: bool) -> None:
    class Scan:
        """Stands for what the work holds."""

    def work() -> tuple[weakref.ref[Scan], Task]:
        scan = Scan()

        def steps() -> Iterator[ScoredScan]:
            yield scored(3)
            if fails:
                raise ValueError(f"{scan} is wrong")

        return weakref.ref(scan), found.submit(steps)

    found = Queue()
    held, task = work()
    finish(found, task)
    until(lambda: gc.collect() >= 0 and held() is None)
    assert not found._tasks


def test_a_closed_queue_gives_all_up_and_lets_the_program_end() -> None:
    found, first, second = Queue(), Work(), Work()
    running, waiting = found.submit(first), found.submit(second)
    first.begun.wait(5)
    found.close()
    first.allowed.release()  # the batch under way
    until(
        lambda: (
            not any(thread.name.startswith("scans") for thread in found._pool._threads if thread.is_alive())
        )
    )
    assert [running.state, waiting.state] == [State.CANCELLED] * 2
    assert not second.begun.is_set()
