"""What commands say: results on standard output, progress and messages on standard error.

What was computed stays computed: a reader that went away, or a terminal that lacks a letter, is no failure.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from typing import Any, TextIO, cast

from explorer.foreign import one_line


def say(text: str) -> None:
    """Print a result."""
    print(text, flush=True)


def complain(error: object) -> None:
    """Say in one line on standard error what went wrong."""
    print(f"explorer: {one_line(error)}", file=sys.stderr)


@contextmanager
def lenient() -> Iterator[None]:
    """Within it nothing that prints, be it a library, fails for where its words go; see `Lenient`."""
    streams = [cast(TextIO, Lenient(stream)) for stream in (sys.stderr, sys.stdout)]
    with redirect_stderr(streams[0]), redirect_stdout(streams[1]):
        try:
            yield
        finally:
            for stream in streams[::-1]:
                stream.flush()


class Lenient:
    """A stream of text that spells out the letters that it lacks, and is silent from its first failure on.

    A reader that went away is no failure; any other, as of a full disk, is told on standard error.
    """

    def __init__(self, stream: TextIO | None) -> None:
        """Around a stream, or around the None that Python has for one that is closed."""
        self._stream = stream or _nowhere()

    def write(self, text: str) -> int:
        encoding = self._stream.encoding or "utf-8"
        self._try(self._stream.write, text.encode(encoding, "backslashreplace").decode(encoding))
        return len(text)

    def flush(self) -> None:
        self._try(self._stream.flush)

    def _try(self, act: Callable[..., object], *arguments: str) -> None:
        try:
            act(*arguments)
        except OSError as error:
            failed, self._stream = self._stream, _nowhere()
            with suppress(OSError):  # there is no descriptor behind all streams
                os.dup2(self._stream.fileno(), failed.fileno())  # or its last words fail at the very end
            if not isinstance(error, BrokenPipeError):
                complain(f"the output cannot be written: {error.strerror}; the work goes on without it")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _nowhere() -> TextIO:
    return open(os.devnull, "w", encoding="utf-8")
