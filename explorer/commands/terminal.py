"""What commands say: results on standard output, messages in a line on standard error.

What was computed stays computed: a reader that went away, or a terminal that lacks a letter, is no failure.
"""

from __future__ import annotations

import os
import sys


def say(text: str) -> None:
    """Print a result, as far as somebody listens."""
    try:
        _print(text)
    except OSError:  # the pipe was closed; what the interpreter still holds for it goes nowhere
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - until the program ends


def complain(error: object) -> None:
    """Say in one line on standard error what went wrong."""
    print(f"explorer: {' '.join(str(error).split())}", file=sys.stderr)


def _print(text: str) -> None:
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    print(text.encode(encoding, "backslashreplace").decode(encoding), flush=True)
