"""Work ahead: the order of the items, a bound on what runs at once, and an end when nobody asks any more."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from explorer.concurrency.ahead import in_order
from explorer.concurrency.turns import VISITOR, Rank, Turns
from explorer.concurrency.waiting import telling


class Work:
    """Squares its items and keeps account of what ran, and of how much at once."""

    def __init__(self, seconds: dict[int, float] | None = None) -> None:
        self.seconds = seconds or {}
        self.begun: list[int] = []
        self.done: list[int] = []
        self.most = 0
        self.threads: set[int] = set()
        self._now = 0
        self._lock = threading.Lock()

    def __call__(self, item: int) -> int:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
            self.begun.append(item)
            self.threads.add(threading.get_ident())
        time.sleep(self.seconds.get(item, 0.0))
        with self._lock:
            self._now -= 1
            self.done.append(item)
        return item * item


@pytest.mark.parametrize("workers", [0, 1, 2, 3, 8])
def test_results_come_in_the_order_of_the_items(workers: int) -> None:
    work = Work({item: 0.01 * (6 - item) for item in range(6)})  # the first take longest
    assert list(in_order(work, range(6), workers)) == [0, 1, 4, 9, 16, 25]
    assert sorted(work.done) == list(range(6))


def test_nothing_comes_of_nothing() -> None:
    assert list(in_order(Work(), [], 3)) == []


@pytest.mark.parametrize("workers", [2, 3])
def test_as_many_as_there_are_workers_run_at_once_and_never_more(workers: int) -> None:
    meeting = threading.Barrier(workers, timeout=20)  # broken where fewer run at once
    work = Work({item: 0.005 for item in range(12)})

    def meet(item: int) -> int:
        found = work(item)
        meeting.wait()
        return found

    assert len(list(in_order(meet, range(4 * workers), workers))) == 4 * workers
    assert work.most <= workers


def test_below_two_workers_the_caller_works_and_only_when_asked() -> None:
    work = Work()
    results = in_order(work, range(5), 1)
    assert (next(results), next(results)) == (0, 1)
    assert work.begun == [0, 1] and work.threads == {threading.get_ident()}


@pytest.mark.parametrize("workers", [1, 3])
def test_an_exception_comes_where_its_result_would_have_come(workers: int) -> None:
    def inverse(item: int) -> float:
        time.sleep(0.02 if item < 2 else 0.0)  # the exception is there before the results that come before it
        return 1 / (2 - item)

    results = in_order(inverse, range(6), workers)
    assert [next(results), next(results)] == [0.5, 1.0]
    with pytest.raises(ZeroDivisionError):
        next(results)


def test_when_the_caller_stops_what_runs_ends_and_the_rest_never_begins() -> None:
    work = Work({1: 0.2, 2: 0.1})
    items: Iterator[int] = iter(range(100))
    results = in_order(work, items, 2)
    assert next(results) == 0
    results.close()  # type: ignore[attr-defined]
    begun = list(work.begun)
    assert sorted(work.done) == sorted(begun)
    assert next(items) == 3  # one more than there are workers had been taken
    time.sleep(0.3)
    assert work.begun == begun


def test_a_caller_may_stop_while_it_waits_and_its_threads_wait_no_longer() -> None:
    turns, told = Turns(1), list[int]()

    def say() -> None:
        told.append(1)
        if len(told) == 2:
            raise KeyboardInterrupt

    def work(item: int) -> int:
        with turns.of(Rank.LATER):
            return item

    with turns.of(Rank.NOW):
        began = time.monotonic()
        with telling(say), pytest.raises(KeyboardInterrupt):
            list(in_order(work, range(9), 2))
        assert time.monotonic() - began < 5 and not turns._waiting


def test_threads_work_for_the_visitor_of_their_caller() -> None:
    VISITOR.set("somebody")
    assert set(in_order(lambda _: VISITOR.get("nobody"), range(4), 2)) == {"somebody"}
