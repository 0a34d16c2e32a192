"""Memory that is no longer used goes back to the machine.

The GNU C library keeps what was freed for later: what is large it takes from the machine piece by piece, but
only until it has freed something as large, and small pieces stay with the thread that had them. A page's runs
are threads with large, short-lived arrays, so that hundreds of MB would be kept that nothing uses. Other C
libraries know none of this, and are left alone.
"""

from __future__ import annotations

import ctypes
import sys

LARGE = 2**20
"""Bytes from which on a piece is taken from the machine by itself, and given back when it is freed."""

_MMAP_THRESHOLD = -3
"""`M_MMAP_THRESHOLD` of malloc.h; once set it no longer grows by itself."""


def give_large_pieces_back() -> None:
    """From now on give large pieces back as soon as they are freed."""
    if (library := _library()) is not None:
        library.mallopt(_MMAP_THRESHOLD, LARGE)


def give_back() -> None:
    """Give back what was freed and is kept; takes some milliseconds."""
    if (library := _library()) is not None:
        library.malloc_trim(0)


def _library() -> ctypes.CDLL | None:
    if sys.platform != "linux":
        return None
    library = ctypes.CDLL(None)
    return library if hasattr(library, "malloc_trim") and hasattr(library, "mallopt") else None
