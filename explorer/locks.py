"""One run at a time at a file: the second is told of the first.

The lock is the operating system's, on a hidden file beside, so that it ends with its run however that ends.
What stands in that file says who holds it.
"""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from explorer.writing import repair

PATIENCE = 0.2
"""Seconds: another run may be looking at the same moment whether a file is free."""

LONGEST = 200
"""Letters of a command that are told."""


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold the place `path` for this run, and repair there what an earlier one left that was killed.

    Raises:
        ValueError: where another run holds it, or no file can be written there.
    """
    if not path.parent.is_dir():
        raise ValueError(f"{path}: cannot be written, as its folder is not there; create it first")
    beside = path.with_name(f".{path.name}.lock")
    lock = FileLock(beside, timeout=PATIENCE, on_acquired=_sign)
    try:
        lock.acquire(poll_interval=PATIENCE / 4)
    except Timeout:
        raise ValueError(
            f"{path} is being written by another run ({_holder(beside)}); wait until it ends, or name "
            "another place"
        ) from None
    except OSError as error:
        raise ValueError(f"{path}: cannot be written ({error.strerror}); name another place") from None
    try:
        repair(path)
        yield
    finally:
        with suppress(OSError):  # Windows keeps a file that is open
            beside.unlink()
        lock.release()


def _sign(descriptor: int) -> None:
    """Write into the lock's file who holds it."""
    command = " ".join(sys.argv[1:])[:LONGEST]
    since = f"{datetime.now():%Y-%m-%d %H:%M}"
    text = f"process {os.getpid()} on {socket.gethostname()} since {since}: {command}"
    os.ftruncate(descriptor, 0)
    os.write(descriptor, text.encode(errors="backslashreplace"))


def _holder(beside: Path) -> str:
    try:
        return beside.read_text(encoding="utf-8") or "which does not say who it is"
    except OSError:
        return "which has just ended"
