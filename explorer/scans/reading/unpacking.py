"""Unpacking gzip by zlib alone, headers included.

Python's own `gzip` reads the names and comments in a header byte by byte, and the headers of the members that
follow one another in Python: a hostile file of 200 MB keeps it busy for half a minute.
"""

from __future__ import annotations

import io
import zlib
from io import BufferedIOBase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MAGIC = b"\x1f\x8b"
MOST_MEMBERS = 2**17
"""Streams in one file, one after another: block compression makes one for each 64 KB."""

_GZIP = 16 + zlib.MAX_WBITS
_CHUNK = 2**14


class Unpacking(io.RawIOBase):
    """The content of a gzip file, of one or many members, read once from its beginning.

    Args:
        stored: the file.

    Reading raises zlib.error where the file is damaged or has too many members, EOFError where it is cut off.
    """

    def __init__(self, stored: BufferedIOBase) -> None:
        self._stored, self._waiting, self._members = stored, b"", 1
        self._member = zlib.decompressobj(_GZIP)

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, target: WriteableBuffer) -> int:
        """Unpack into `target`; how many bytes, 0 at the end."""
        view = memoryview(target)
        while len(view):
            if self._member.eof and not self._next():
                return 0
            stored = self._waiting or self._stored.read(_CHUNK)
            part = self._member.decompress(stored, len(view))
            self._waiting = self._member.unconsumed_tail
            if part:
                view[: len(part)] = part
                return len(part)
            if not stored and not self._member.eof:
                raise EOFError("its end is missing")
        return 0

    def _next(self) -> bool:
        """Go to the next member; whether there is one behind the zeros that may fill up a file."""
        rest = self._member.unused_data
        while not (kept := rest.lstrip(b"\0")):
            if not (rest := self._stored.read(_CHUNK)):
                return False
        self._members += 1
        if self._members > MOST_MEMBERS:
            raise zlib.error("too many parts")
        self._member, self._waiting = zlib.decompressobj(_GZIP), kept
        return True
