"""Small files of every kind, with whatever header, for tests to spoil."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.support.dicoms import zipped
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


def zeros_zip(mib: int, start: bytes = b"") -> bytes:
    """A small .zip of a file that unpacks to `start` and many MiB of zeros; its checksum is wrong."""
    data, size = deflated(mib, start), len(start) + mib * MIB
    fields = (20, 0, zipfile.ZIP_DEFLATED, 0, 0, 0, len(data), size, 1, 0)
    stored = struct.pack("<4s5H3I2H", b"PK\3\4", *fields) + b"a" + data
    return _archive(stored, struct.pack("<4s6H3I5H2I", b"PK\1\2", 20, *fields, *[0] * 5) + b"a", 1)


def deflated(mib: int, start: bytes = b"") -> bytes:
    """A small deflate stream of `start` and many MiB of zeros."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    first = packer.compress(start) + packer.flush(zlib.Z_FULL_FLUSH)
    zeros = packer.compress(bytes(MIB)) + packer.flush(zlib.Z_FULL_FLUSH)
    return first + zeros * mib + packer.flush()


def repeated(content: bytes, count: int) -> bytes:
    """A .zip that holds one file many times, packed once."""
    one = zipped([content])
    size, start = struct.unpack("<II", one[-10:-2])
    return _archive(one[:start], one[start : start + size], count)


def _archive(stored: bytes, entry: bytes, count: int) -> bytes:
    """A .zip of `count` times a file as it is stored, and its entry in the list."""
    places = (struct.pack("<I", number * len(stored)) for number in range(count))
    listed = b"".join(entry[:42] + place + entry[46:] for place in places)
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, count, count, len(listed), count * len(stored), 0)
    return stored * count + listed + end


class Trap:
    """Fails the test where it is unpickled."""

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str]]:
        return pytest.fail, ("a pickle was loaded",)
