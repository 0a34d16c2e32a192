"""Files from the network: checked by hash, renamed into place only when whole."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import http.client
import os
import tempfile
import urllib.request
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, cast

Progress = Callable[[str, int, int | None], None]
"""Told the file's name, the bytes received and the bytes expected (None where the server does not say)."""

CHUNK = 1 << 18
"""Bytes read at a time."""

LARGEST = 1 << 30
"""Bytes after which a download is given up, so that a wrong server cannot fill the disk."""


def download(
    address: str,
    target: Path,
    *,
    sha256: str,
    gzipped: bool = False,
    progress: Progress | None = None,
    timeout: float = 30.0,
) -> None:
    """Fetch `address` into the file `target`, which appears only when whole and right.

    Args:
        address: where the file is, http or https.
        target: the file to write; its folder is made, an older file is replaced.
        sha256: hash that the content must have, 64 hexadecimal digits.
        gzipped: whether `sha256` is that of the unpacked content.
        progress: called after every piece.
        timeout: seconds to wait for the connection and for each piece.

    Raises:
        OSError: the server cannot be reached, answers with an error or breaks off.
        ValueError: `address` is of another kind, or the content is not the one expected.
    """
    if not address.startswith(("http://", "https://")):
        raise ValueError(f"address must start with http:// or https://, got {address!r}")
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=target.name, suffix=".part", dir=target.parent)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            done = 0
            for piece, expected in _pieces(address, timeout):
                file.write(piece)
                done += len(piece)
                if progress is not None:
                    progress(target.name, done, expected)
        if not has_sha256(part, sha256, gzipped=gzipped):
            raise ValueError(
                f"{address} does not hold the expected file: its sha256 must be {sha256}; nothing was kept. "
                "Try again, or get the file from another place"
            )
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)


def has_sha256(path: Path, sha256: str, *, gzipped: bool = False) -> bool:
    """Whether the content of the file at `path` has this hash; False too where it cannot be unpacked.

    Raises:
        OSError: the file cannot be read.
    """
    found = hashlib.sha256()
    with contextlib.ExitStack() as stack:
        file: BinaryIO = stack.enter_context(path.open("rb"))
        if gzipped:
            file = cast(BinaryIO, stack.enter_context(gzip.GzipFile(fileobj=file)))
        try:
            while piece := file.read(CHUNK):
                found.update(piece)
        except (gzip.BadGzipFile, EOFError, zlib.error):
            return False
    return found.hexdigest() == sha256


def _pieces(address: str, timeout: float) -> Iterator[tuple[bytes, int | None]]:
    """The content at `address` piece by piece, each with the bytes expected in all."""
    done = 0
    try:
        with urllib.request.urlopen(address, timeout=timeout) as response:
            length = response.headers.get("Content-Length", "")
            expected = int(length) if length.isdecimal() else None
            while piece := response.read(CHUNK):
                done += len(piece)
                if done > LARGEST:
                    raise OSError(f"it is larger than {LARGEST:,} bytes")
                yield piece, expected
        if expected is not None and done < expected:
            raise OSError(f"the connection broke after {done:,} of {expected:,} bytes")
    except (OSError, http.client.HTTPException) as error:
        raise OSError(f"cannot download {address}: {error}; check the network and try again") from error
