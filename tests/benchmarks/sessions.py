"""How long people wait on the Explore page when others use it at the same time, and what they leave behind.

    python -m tests.benchmarks.sessions [--sessions 1 5 10 20] [--seconds 60]

One server. Sessions without a browser, so that only the server is measured, speak with it as a browser does.
Each looks at a subject of its own and moves to the next every four seconds. Printed for each number of
sessions: the time from a change to the headline with the slice's maps, to the cohort's last figure (only of
changes that got there before the next one), the processor time of a change (opening the pages included), and
how many visitors were told that others are served first. At the end: the server's memory after all have left,
beside that before the first came. Exits with 1 when a target is missed. Other work on the machine counts in
the times.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection

from explorer.ui.patience import OTHERS
from explorer.ui.streamlit.sessions import EVERY_S, GRACE_S
from tests.support.server import ROOT, resident_mb, streamlit
from tests.support.session import asking, connected, parsed

PAUSE_S = 4.0
"""Between two changes of a session."""
TARGET_S, TARGET_MB = 1.0, 150.0
"""Median of the headline with the most sessions; growth of the memory when all have left."""
ADDRESS = {"dataset": "brain", "contrast": "flair", "anomaly": "lesion", "cohort": "64"}


@dataclass
class Visitor:
    """One person's page.

    Attributes:
        number: tells them apart.
        headline: seconds from each change to its headline.
        complete: seconds to the last figure, of changes that got there.
        changes: made.
        told: whether the page said that others are served first.
    """

    number: int
    headline: list[float] = field(default_factory=list)
    complete: list[float] = field(default_factory=list)
    changes: int = 0
    told: bool = False

    def stay(self, address: str, seconds: float, opened: threading.Barrier) -> None:
        """Open the page, wait until the others have too, and change a control again and again."""
        with connected(address) as connection:
            self._change(connection, time.monotonic() + 120)  # what the first view takes does not count
            self.headline, self.complete = [], []
            opened.wait(600)
            ends = time.monotonic() + seconds
            time.sleep(PAUSE_S * (self.number % 7) / 7)
            while time.monotonic() < ends:
                self._change(connection, time.monotonic() + PAUSE_S)

    def _change(self, connection: ClientConnection, next_one: float) -> None:
        """Look at the next subject, and listen until it is time for another, or the first view is there."""
        began, patient = time.monotonic(), next_one - time.monotonic() > PAUSE_S
        self.changes += 1
        subject = (11 * self.number + 3 * self.changes) % 200
        connection.send(asking({**ADDRESS, "subject": str(subject), "seed": str(self.number)}))
        running = seen = False
        while (left := next_one - time.monotonic()) > 0:
            try:
                message = parsed(connection.recv(left, decode=False))
            except TimeoutError:
                return
            now, kind = time.monotonic() - began, message.WhichOneof("type")
            running = running or kind == "new_session"
            text = said(message)
            self.told = self.told or OTHERS in text.lower()
            if running and not seen and text.endswith("nats"):
                seen = True
                self.headline.append(now)
            if (
                running
                and kind == "script_finished"
                and message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
            ):
                self.complete.append(now)
                if patient:
                    return
                running = False


def said(message: ForwardMsg) -> str:
    """The text that a message shows, or an empty one."""
    element = message.delta.new_element
    kind = element.WhichOneof("type")
    if kind == "markdown":
        return str(element.markdown.body)
    return str(element.progress.text) if kind == "progress" else ""


def processor_s(process: subprocess.Popen[bytes]) -> float:
    """Seconds of processor time that a process has taken."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def together(address: str, count: int, seconds: float) -> list[Visitor]:
    """Several sessions at the same time, until all have left."""
    visitors = [Visitor(number) for number in range(count)]
    opened = threading.Barrier(count)
    threads = [threading.Thread(target=one.stay, args=(address, seconds, opened)) for one in visitors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return visitors


def row(visitors: list[Visitor], processor: float) -> float:
    """Print what the sessions saw; the median of the time to the headline."""
    headline = [one for visitor in visitors for one in visitor.headline]
    complete = [one for visitor in visitors for one in visitor.complete]
    changes = sum(visitor.changes for visitor in visitors)
    middle = statistics.median(headline) if headline else float("inf")
    whole = f"{statistics.median(complete):5.2f} s" if complete else "   none"
    print(
        f"{len(visitors):3} sessions, {changes:4} changes: headline {middle:5.2f} s, worst "
        f"{max(headline, default=float('inf')):5.2f} s, of {len(headline)}; all {whole}, of {len(complete)}; "
        f"processor {processor / max(changes, 1):4.2f} s a change; told to wait: "
        f"{sum(visitor.told for visitor in visitors)}",
        flush=True,
    )
    return middle


def main() -> int:
    """Run the benchmark; the exit code says whether all targets were met."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sessions", type=int, nargs="+", default=[1, 5, 10, 20], help="at the same time")
    parser.add_argument("--seconds", type=float, default=60.0, help="for which they stay")
    arguments = parser.parse_args()
    with streamlit(ROOT / "app.py") as (address, process):
        together(address, 1, 0.0)  # whatever the first visitor alone waits for
        time.sleep(GRACE_S + 3 * EVERY_S)
        before = resident_mb(process)
        for count in arguments.sessions:
            began = processor_s(process)
            visitors = together(address, count, arguments.seconds)
            middle = row(visitors, processor_s(process) - began)
        peak = resident_mb(process)
        time.sleep(GRACE_S + 3 * EVERY_S)
        after = resident_mb(process)
    print(f"memory: {before:.0f} MB before, {peak:.0f} MB with all, {after:.0f} MB after all had left")
    missed = ["headline"] * (middle > TARGET_S) + ["memory"] * (after - before > TARGET_MB)
    print("missed: " + ", ".join(missed) if missed else "all targets met")
    return bool(missed)


if __name__ == "__main__":
    sys.exit(main())
