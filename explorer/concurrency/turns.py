"""Turns at something of which there is little, such as the cores: who waits longest for what matters is next.

Nobody holds a turn for longer than one step of work, so that who comes is served soon. What many wait for is
done in ranks; within a rank whoever came first is served first, which is fair as nobody stands in line for
more than a step. Who has waited long goes first whatever it waits for, so that nothing waits for ever.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import IntEnum
from types import TracebackType

from explorer.concurrency.waiting import EVERY_S, pause

LONG_S = 10.0
"""Seconds after which whoever waits goes first."""

QUIET_S = 10.0
"""Seconds without anybody else after which a visitor counts as alone."""

VISITOR: ContextVar[Hashable] = ContextVar("visitor")
"""For whom this thread works; threads without one are visitors of their own."""


class Rank(IntEnum):
    """What is served first."""

    NOW = 0  # what a person has asked for and looks at
    SOON = 1  # the rest of what it looks at
    LATER = 2  # cohorts and whole scans


@dataclass(eq=False)
class _Waiting:
    turn: Turn
    number: int
    since: float
    served: threading.Event = field(default_factory=threading.Event)


class Turns:
    """The turns at one thing.

    Args:
        at_once: how many may be held at the same time, at least 1.
        clock: seconds, of a clock that does not jump.
    """

    def __init__(self, at_once: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._free, self._clock = at_once, clock
        self._lock = threading.Lock()
        self._waiting: list[_Waiting] = []
        self._holding: list[Turn] = []
        self._asked: dict[Hashable, float] = {}  # when each visitor asked last
        self._number = 0

    def of(self, rank: Rank) -> Turn:
        """A turn to be held within `with`, by any of the threads that work for the visitor of this one."""
        return Turn(self, rank, VISITOR.get(threading.get_ident()))

    def waited(self) -> float:
        """Seconds for which the visitor of this thread has been waiting for a turn; 0 where it is not."""
        visitor = VISITOR.get(threading.get_ident())
        with self._lock:
            own = [one.since for one in self._waiting if one.turn.visitor == visitor]
            return self._clock() - min(own) if own else 0.0

    def wait_for(self, turn: Turn) -> None:
        """Return when the turn is this thread's; what `pause` raises ends the waiting."""
        with self._lock:
            now = self._asked[turn.visitor] = self._clock()
            self._asked = {who: when for who, when in self._asked.items() if now - when < QUIET_S}
            self._number += 1
            own = _Waiting(turn, self._number, now)
            self._waiting.append(own)
            self._serve()
        try:
            while not own.served.wait(EVERY_S):
                pause()
                with self._lock:
                    self._serve()  # time alone may have brought somebody's turn
        except BaseException:
            self._withdraw(own)
            raise

    def release(self, turn: Turn) -> None:
        """Let the next one have the turn that this thread held."""
        with self._lock:
            self._holding.remove(turn)
            self._free += 1
            self._serve()

    def _withdraw(self, own: _Waiting) -> None:
        with self._lock:
            if own.served.is_set():
                self._holding.remove(own.turn)
                self._free += 1
            else:
                self._waiting.remove(own)
            self._serve()

    def _serve(self) -> None:
        while self._free and (able := [one for one in self._waiting if self._may(one.turn)]):
            found = min(able, key=self._order)
            self._waiting.remove(found)
            self._holding.append(found.turn)
            self._free -= 1
            found.served.set()

    def _order(self, one: _Waiting) -> tuple[int, int]:
        long = self._clock() - one.since > LONG_S
        return Rank.NOW if long else one.turn.rank, one.number

    def _may(self, turn: Turn) -> bool:
        """Whether a visitor's work for later holds no turn yet, or there has been nobody else for a while."""
        if turn.rank is not Rank.LATER or self._alone(turn.visitor):
            return True
        return not any(one.rank is Rank.LATER and one.visitor == turn.visitor for one in self._holding)

    def _alone(self, visitor: Hashable) -> bool:
        now = self._clock()
        return all(who == visitor or now - when >= QUIET_S for who, when in self._asked.items())


@dataclass(frozen=True, eq=False)
class Turn:
    """A turn of one visitor, held within `with`; several threads that do so hold one each.

    Attributes:
        turns: where it is waited for.
        rank: what it is for.
        visitor: for whom.
    """

    turns: Turns
    rank: Rank
    visitor: Hashable

    def __enter__(self) -> None:
        self.turns.wait_for(self)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.turns.release(self)
