"""Turns: what matters most is served first, in a rank whoever came first, and nobody waits for ever."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from explorer.concurrency.turns import LONG_S, QUIET_S, VISITOR, Rank, Turn, Turns
from explorer.concurrency.waiting import Unwanted, telling, working_for


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def of(turns: Turns, visitor: str, rank: Rank) -> Turn:
    return Turn(turns, rank, visitor)


class Line:
    """Threads that wait, each until it is told to go; the order in which they were served."""

    def __init__(self, turns: Turns) -> None:
        self.turns, self.served, self.threads = turns, list[str](), list[threading.Thread]()
        self.leave: dict[str, threading.Event] = {}

    def join(self, name: str, turn: Turn) -> None:
        """Stand in line; returns once the thread does, or has been served."""
        self.leave[name] = threading.Event()

        def stand() -> None:
            with turn:
                self.served.append(name)
                self.leave[name].wait(20)

        before = self.turns._number
        self.threads.append(threading.Thread(target=stand))
        self.threads[-1].start()
        until(lambda: self.turns._number > before)

    def next(self, name: str) -> None:
        """Who was served as this one leaves must be the next one."""
        count = len(self.served)
        self.leave[name].set()
        until(lambda: len(self.served) > count)


@contextmanager
def line(turns: Turns) -> Iterator[Line]:
    made = Line(turns)
    yield made
    for event in made.leave.values():
        event.set()
    for thread in made.threads:
        thread.join(20)


def until(done: Callable[[], object]) -> None:
    for _ in range(2000):
        if done():
            return
        time.sleep(0.005)
    raise AssertionError("in vain")


def test_no_more_are_held_than_there_are() -> None:
    turns, held, most = Turns(3), 0, 0
    lock = threading.Lock()

    def work(rank: Rank) -> None:
        nonlocal held, most
        for _ in range(20):
            with turns.of(rank):
                with lock:
                    held += 1
                    most = max(most, held)
                time.sleep(0.001)
                with lock:
                    held -= 1

    threads = [threading.Thread(target=work, args=(rank,)) for rank in Rank for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert most == 3 and turns._free == 3 and not turns._waiting and not turns._holding


def test_a_slice_comes_before_anybodys_cohort_and_who_came_first_before_others_of_its_rank() -> None:
    turns = Turns(1, Clock())
    with line(turns) as queue:
        queue.join("holder", of(turns, "z", Rank.NOW))
        queue.join("cohort of a", of(turns, "a", Rank.LATER))
        queue.join("cohort of b", of(turns, "b", Rank.LATER))
        queue.join("rest of c", of(turns, "c", Rank.SOON))
        queue.join("slice of d", of(turns, "d", Rank.NOW))
        queue.join("slice of a", of(turns, "a", Rank.NOW))
        for name in ("holder", "slice of d", "slice of a", "rest of c", "cohort of a"):
            queue.next(name)
        expected = ("holder", "slice of d", "slice of a", "rest of c", "cohort of a", "cohort of b")
        assert queue.served == list(expected)


def test_a_cohort_holds_one_turn_while_there_are_others_and_all_when_alone() -> None:
    clock = Clock()
    turns = Turns(3, clock)
    with line(turns) as queue:
        queue.join("other", of(turns, "b", Rank.NOW))
        for number in range(3):
            queue.join(f"part {number}", of(turns, "a", Rank.LATER))
        assert queue.served == ["other", "part 0"]
        queue.leave["other"].set()  # has just been here
        until(lambda: turns._free == 2)
        assert queue.served == ["other", "part 0"]
        queue.join("slice of b", of(turns, "b", Rank.NOW))  # finds a turn free
        assert queue.served[-1] == "slice of b"
        queue.leave["slice of b"].set()
        clock.now += QUIET_S
        until(lambda: len(queue.served) == 5)
        assert set(queue.served[3:]) == {"part 1", "part 2"}


def test_a_visitors_own_slice_does_not_slow_its_cohort() -> None:
    turns = Turns(2, Clock())
    with of(turns, "a", Rank.NOW):
        pass
    with of(turns, "a", Rank.LATER), of(turns, "a", Rank.LATER):
        assert turns._free == 0


def test_who_has_waited_long_goes_first_whatever_it_waits_for() -> None:
    clock = Clock()
    turns = Turns(1, clock)
    with line(turns) as queue:
        queue.join("holder", of(turns, "z", Rank.NOW))
        queue.join("cohort", of(turns, "a", Rank.LATER))
        clock.now += LONG_S + 1
        queue.join("slice", of(turns, "b", Rank.NOW))
        queue.next("holder")
        queue.next("cohort")
        assert queue.served == ["holder", "cohort", "slice"]


def test_a_visitor_is_told_how_long_it_waits_and_may_stop() -> None:
    clock = Clock()
    turns, told = Turns(1, clock), list[float]()

    def say() -> None:
        clock.now += 2
        told.append(turns.waited())
        if len(told) == 3:
            raise KeyboardInterrupt

    VISITOR.set("a")
    with of(turns, "b", Rank.NOW):
        with telling(say), pytest.raises(KeyboardInterrupt), turns.of(Rank.NOW):
            pass
        assert told == [2, 4, 6]
        assert turns.waited() == 0 and not turns._waiting
    with of(turns, "c", Rank.LATER):
        assert turns._free == 0


def test_work_that_nobody_wants_any_more_does_not_wait() -> None:
    turns, stopped = Turns(1), threading.Event()
    ended: list[type[BaseException]] = []

    def work() -> None:
        try:
            with working_for(stopped), turns.of(Rank.LATER):
                pass
        except Unwanted as error:
            ended.append(type(error))

    with of(turns, "b", Rank.NOW):
        thread = threading.Thread(target=work)
        thread.start()
        until(lambda: turns._waiting)
        stopped.set()
        thread.join(5)
        assert ended == [Unwanted] and not turns._waiting
