"""The garbage collector, which Streamlit runs after each run of a page, before the last messages are sent.

Without this it would look through all of torch each time: the end of a run would come 0.2 s later.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def out_of_its_sight() -> Iterator[None]:
    """Load what stays for good: the collector rests meanwhile, and then leaves alone all that is there."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.freeze()
