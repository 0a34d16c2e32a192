"""What a session holds of its own: one scan, its scores, its models. It lives here and nowhere else.

Nothing of it enters a cache that sessions share, a log or a file. The queue knows a scan only while it waits
or is scored.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.cards import Card, Pretrained
from explorer.looking.output.planes import scan_packet
from explorer.scans.finding.finding import Finding
from explorer.scans.placing.preparing import Prepared, prepare_scan
from explorer.scans.reading.scan import Scan
from explorer.scans.scoring.jobs import Job
from explorer.scans.scoring.queue import Queue, Task
from explorer.ui.controls import guests
from explorer.ui.streamlit.uploads import forget_files

SCAN, MODELS, ROUND = "own-scan", "own-models", "own-round"
QUEUE = Queue()
MOST_MODELS = 4


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
        shown_slice: slice of which all maps were asked for, and whether R is on the left; or None.
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
    shown_slice: tuple[int, bool] | None = None
    _prepared: dict[int, tuple[Prepared, bytes]] = field(default_factory=dict)

    def before(self, card: Card) -> tuple[Prepared, bytes]:
        """The scan as the model of a card sees it, and its packet for the browser.

        Raises:
            ValueError: where the model is not for such scans, or no brain is found.
        """
        size = int(card.model["image_size"])
        if size not in self._prepared or not (self.scan.affine is None or card.dataset == "brain"):
            prepared = prepare_scan(self.scan, card, self.brain, self.window)
            packet = scan_packet(self.packet_key(prepared), self.scan, prepared, self.mask)
            self._prepared[size] = (prepared, packet)
        return self._prepared[size]

    def packet_key(self, prepared: Prepared) -> str:
        """Tells apart what the browser is sent."""
        return f"{self.key}-{prepared.images.shape[-1]}"

    def stop(self) -> None:
        """Give up the scoring under way."""
        if self.task is not None:
            self.task[0].cancel()
            self.task = None


def current() -> Own | None:
    """The scan of this session, if there is one."""
    found: Own | None = st.session_state.get(SCAN)
    return found


def put(own: Own) -> None:
    """Take a scan in the place of the one before."""
    before = current()
    if before is not None:
        before.stop()
    st.session_state[SCAN] = own


def models() -> dict[str, Pretrained]:
    """The session's own models by name."""
    found: dict[str, Pretrained] = st.session_state.setdefault(MODELS, {})
    return found


def upload_key(name: str) -> str:
    """Key of an upload; another one after each deletion, so that the page forgets the files."""
    return f"own-{name}-{st.session_state.get(ROUND, 0)}"


def delete() -> None:
    """Delete scan, scores, models, uploaded files and the slice in Explore of this session, at once."""
    own = st.session_state.pop(SCAN, None)
    if own is not None:
        own.stop()
    st.session_state.pop(MODELS, None)
    guests.close()
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
    if not forget_files():
        st.warning(
            "Scan, scores and models are deleted. The server keeps the files themselves until you close "
            "this page.",
            icon=":material/warning:",
        )
