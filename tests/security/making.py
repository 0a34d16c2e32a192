"""Small files of every kind, with whatever header, for tests to spoil."""

from __future__ import annotations

import gzip
import io
import struct
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.support.phantoms import nifti_bytes

MIB = 2**20
RNG = np.random.default_rng(5)
SMALL = RNG.integers(1, 200, (6, 7, 8)).astype(np.int16)
EYE = np.diag([2.0, 2.0, 2.0, 1.0])


def small(**fields: Any) -> bytes:
    """A small valid volume whose header was overwritten."""
    return nifti_bytes(SMALL, EYE, **fields)


def packed(**fields: Any) -> bytes:
    return gzip.compress(small(**fields))


def volume(data: Any, **fields: Any) -> bytes:
    return nifti_bytes(np.asarray(data), EYE, **fields)


def png(array: Any = None, mode: str | None = None) -> bytes:
    stream = io.BytesIO()
    pixels = RNG.integers(0, 255, (40, 30)).astype(np.uint8) if array is None else array
    image = Image.fromarray(pixels)
    (image if mode is None else image.convert(mode)).save(stream, "PNG")
    return stream.getvalue()


def chunk(kind: bytes, data: bytes, crc: int | None = None) -> bytes:
    checked = zlib.crc32(kind + data) if crc is None else crc
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checked)


def raw_png(
    width: int, height: int, data: bytes, extra: bytes = b"", depth: int = 8, colour: int = 0
) -> bytes:
    """A PNG with any header around any data."""
    start = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    signature = b"\x89PNG\r\n\x1a\n"
    return signature + chunk(b"IHDR", start) + extra + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def npy(array: Any, allow_pickle: bool = False) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=allow_pickle)
    return stream.getvalue()


def npy_text(text: str, data: bytes = b"\0" * 512, version: bytes = b"\x01\x00") -> bytes:
    """An NPY file that describes itself by any text."""
    body = text.encode("latin1") + b"\n"
    size = struct.pack("<H" if version == b"\x01\x00" else "<I", len(body))
    return b"\x93NUMPY" + version + size + body + data


def zeros_gz(mib: int, start: bytes = b"") -> bytes:
    """A small gzip file that unpacks to `start` and many MiB of zeros."""
    return gzip.compress(start) + gzip.compress(bytes(MIB), 9) * mib


class Trap:
    """Fails the test where it is unpickled."""

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str]]:
        return pytest.fail, ("a pickle was loaded",)
