"""What a session holds of its own: a scan, scores, healthy scores, models. It lives here and nowhere else.

Nothing of it enters a cache that sessions share, a log or a file. The queue knows a scan only while it waits
or is scored.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.cards import Card, Pretrained
from explorer.concurrency.turns import Rank
from explorer.looking import server
from explorer.looking.output.planes import scan_packet
from explorer.scans.calibrating.gathering import Gathering, Source
from explorer.scans.calibrating.own import OwnHealthy
from explorer.scans.finding.finding import Finding
from explorer.scans.placing.brain.search import find_brain
from explorer.scans.placing.preparing import Prepared, check_model, prepare_scan
from explorer.scans.reading.scan import Scan
from explorer.scans.scoring.jobs import Job
from explorer.scans.scoring.queue import Queue, Task
from explorer.ui.controls import guests, held
from explorer.ui.controls.held import SCAN
from explorer.ui.streamlit.uploads import forget_files

MODELS, ROUND = "own-models", "own-round"
HEALTHY, CALIBRATING = "own-healthy", "own-calibrating"
QUEUE = Queue()
MOST_MODELS = 4
PAUSE_S = 0.25
"""Between two looks at how far work is."""


@dataclass(eq=False)
class Result:
    """Scores of the scan.

    Attributes:
        finding: what they say, at the threshold that the person has moved to.
        number: tells the results of a session apart.
        packet: the map for the browser.
    """

    finding: Finding
    number: str
    packet: bytes


@dataclass(frozen=True)
class Shown:
    """A slice of which all maps were asked for.

    Attributes:
        index: on the model's grid.
        plane: its number on the page, that of the scan's plane at the crosshair.
    """

    index: int
    plane: int


@dataclass(eq=False)
class Own:
    """The scan of a session.

    Attributes:
        scan: as read.
        mask: of its anomalies, shape of the scan, or None.
        brain: a brain mask that came along, shape of the scan, or None.
        window: of a CT, or empty.
        volume: which one of a 4-D file.
        key: tells scans apart.
        offer: job and images that the button for scoring would take, or None.
        task: the scoring under way, with its job, or None.
        result: the last scores, or None.
        shown: slice of which all maps were asked for, or None.
    """

    scan: Scan
    mask: NDArray[np.bool_] | None = None
    brain: NDArray[np.bool_] | None = None
    window: str = ""
    volume: int | None = None
    key: str = field(default_factory=lambda: secrets.token_hex(8))
    offer: tuple[Job, Prepared] | None = None
    task: tuple[Task, Job, Prepared] | None = None
    result: Result | None = None
    shown: Shown | None = None
    _prepared: dict[tuple[Any, ...], Prepared | str] = field(default_factory=dict)
    _packet: tuple[str, bytes] = ("", b"")

    def before(self, card: Card, way: str) -> tuple[Prepared, bytes]:
        """The scan as the model of a card sees it, and its packet for the browser.

        Args:
            card: of the model.
            way: in which the brain is looked for; once for all models.

        Raises:
            ValueError: where the model is not for such scans, or no brain is found.
        """
        kind = (card.dataset, check_model(self.scan, card))
        if (*kind, way) not in self._prepared:
            try:
                prepared = self._prepare(card, way)
                self._prepared[*kind, prepared.brain] = prepared
                self._prepared[*kind, way] = prepared
            except ValueError as error:
                self._prepared[*kind, way] = str(error)
        found = self._prepared[*kind, way]
        if isinstance(found, str):
            raise ValueError(found)
        key = self.packet_key(found)
        if self._packet[0] != key:
            self._packet = (key, scan_packet(key, self.scan, found, self.mask))
        return found, self._packet[1]

    def _prepare(self, card: Card, way: str) -> Prepared:
        if self.scan.affine is None:
            return prepare_scan(self.scan, card)
        brain = find_brain(
            self.scan,
            way,
            given=self.brain,
            window=self.window,
            device=server.device(),
            turn=server.network(Rank.SOON),
        )
        return prepare_scan(self.scan, card, brain, self.window)

    def adopt(self, before: Own) -> None:
        """Take over what was prepared of the same scan, so that its brain is not looked for again."""
        mine, theirs = ((one.scan.digest, one.volume, one.window) for one in (self, before))
        if mine == theirs and np.array_equal(self.brain, before.brain):  # type: ignore[arg-type]  # None is alike
            self._prepared = dict(before._prepared)

    def packet_key(self, prepared: Prepared) -> str:
        """Tells apart what the browser is sent."""
        return f"{self.key}-{prepared.images.shape[-1]}-{prepared.brain}"

    def stop(self) -> None:
        """Give up the scoring under way."""
        if self.task is not None:
            self.task[0].cancel()
            self.task = None


@dataclass(eq=False)
class Calibrating:
    """Healthy scans that are being scored.

    Attributes:
        gathering: what they give so far.
        sources: those whose turn has not come.
        total: how many there are.
        task: the one under way, or None.
    """

    gathering: Gathering
    sources: list[Source]
    total: int
    task: Task | None = None


def current() -> Own | None:
    """The scan of this session, if there is one."""
    found: Own | None = st.session_state.get(SCAN)
    return found


def put(own: Own) -> None:
    """Take a scan in the place of the one before."""
    before = current()
    if before is not None:
        before.stop()
        own.adopt(before)
    st.session_state[SCAN] = own
    held.mark()


def healthy() -> OwnHealthy | None:
    """The healthy scores of the session's own scans, if there are any."""
    found: tuple[OwnHealthy, tuple[str, ...]] | None = st.session_state.get(HEALTHY)
    return None if found is None else found[0]


def left_out() -> tuple[str, ...]:
    """Why scans were left out of these, a sentence each."""
    found: tuple[OwnHealthy, tuple[str, ...]] | None = st.session_state.get(HEALTHY)
    return () if found is None else found[1]


def put_healthy(found: OwnHealthy, left_out: tuple[str, ...] = ()) -> None:
    """Read scans against these healthy scores from now on."""
    st.session_state[HEALTHY] = (found, left_out)


def forget_healthy() -> None:
    """Read scans against the model's healthy scores again."""
    st.session_state.pop(HEALTHY, None)


def calibrating() -> Calibrating | None:
    """The healthy scans that are being scored, if there are any."""
    found: Calibrating | None = st.session_state.get(CALIBRATING)
    return found


def begin_calibrating(work: Calibrating) -> None:
    """Score these healthy scans in the place of those before."""
    stop_calibrating()
    st.session_state[CALIBRATING] = work


def stop_calibrating() -> None:
    """Give up the healthy scans under way."""
    work = calibrating()
    st.session_state.pop(CALIBRATING, None)
    if work is not None and work.task is not None:
        work.task.cancel()


def models() -> dict[str, Pretrained]:
    """The session's own models by name."""
    found: dict[str, Pretrained] = st.session_state.setdefault(MODELS, {})
    return found


def upload_key(name: str) -> str:
    """Key of an upload; another one after each deletion, so that the page forgets the files."""
    return f"own-{name}-{st.session_state.get(ROUND, 0)}"


def delete() -> None:
    """Delete scan, scores, healthy scores, models, uploaded files and the slice in Explore, at once."""
    own = st.session_state.pop(SCAN, None)
    held.unmark()
    if own is not None:
        own.stop()
    stop_calibrating()
    forget_healthy()
    st.session_state.pop(MODELS, None)
    guests.close()
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
    if not forget_files():
        st.warning(
            "Scan, scores and models are deleted. The server keeps the files themselves until you close "
            "this page.",
            icon=":material/warning:",
        )
