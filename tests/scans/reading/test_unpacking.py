"""Packed files of one or many members come out whole, and no header takes longer than the file's bytes do."""

from __future__ import annotations

import gzip
import io
import time
import zlib

import numpy as np
import pytest

from explorer.scans.reading import unpacking
from explorer.scans.reading.files import ScanFile
from explorer.scans.reading.loading import load_scan
from explorer.scans.reading.unpacking import MOST_MEMBERS, Unpacking
from tests.security.making import SMALL, small

NOISE = np.random.default_rng(0).integers(0, 256, 300_000, np.uint8).tobytes()
CONTENT = NOISE + bytes(3_000_000) + NOISE[:1000]
MEMBERS = [CONTENT[start : start + 65_280] for start in range(0, len(CONTENT), 65_280)]
SECONDS = 3.0
"""Of this processor for 200 MB; Python's `gzip` took 22 to 44."""


def unpack(content: bytes, size: int = -1) -> bytes:
    stream = io.BufferedReader(Unpacking(io.BytesIO(content)))
    if size < 0:
        return stream.read()
    return b"".join(iter(lambda: stream.read(size), b""))


def named(name: bytes, content: bytes) -> bytes:
    """A packed file that says what it was called."""
    packed = gzip.compress(content, mtime=0)
    return packed[:3] + b"\x08" + packed[4:10] + name + b"\0" + packed[10:]


@pytest.mark.parametrize("size", [-1, 1000, 2**20])
def test_what_was_packed_comes_out(size: int) -> None:
    assert unpack(gzip.compress(CONTENT), size) == CONTENT
    assert unpack(named(b"a name", CONTENT), size) == CONTENT
    assert unpack(b"".join(map(gzip.compress, [*MEMBERS, b"", b""])), size) == CONTENT
    assert unpack(gzip.compress(CONTENT) + bytes(100_000) + gzip.compress(b"more") + bytes(9), size) == (
        CONTENT + b"more"
    )


@pytest.mark.parametrize("cut", [1, 9, 11, 500, -1, -5, -9])
def test_a_file_that_is_cut_off(cut: int) -> None:
    with pytest.raises(EOFError):
        unpack(gzip.compress(CONTENT)[:cut])


def test_damage_behind_and_within() -> None:
    packed = bytearray(gzip.compress(CONTENT))
    for place in (-1, -6, 200_000):
        spoilt = packed.copy()
        spoilt[place] ^= 255
        with pytest.raises(zlib.error):
            unpack(bytes(spoilt))
    with pytest.raises(zlib.error):
        unpack(bytes(packed) + b"more")


def test_members_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "MOST_MEMBERS", 3)
    assert unpack(gzip.compress(b"a") * 3) == b"aaa"
    with pytest.raises(zlib.error, match="too many parts"):
        unpack(gzip.compress(b"a") * 4)


HOSTILE = {
    "a long name": lambda: named(b"x" * 200_000_000, small()),
    "a name without end": lambda: b"\x1f\x8b\x08\x08" + bytes(6) + b"x" * 200_000_000,
    "many comments": lambda: named(b"x" * 1500, b"") * 130_000,
    "many members": lambda: gzip.compress(b"") * 10_000_000,
    "zeros behind": lambda: gzip.compress(small()) + bytes(200_000_000),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", HOSTILE)
def test_200_megabytes_that_mean_nothing_are_soon_answered(kind: str) -> None:
    file = ScanFile("a.nii.gz", HOSTILE[kind]())
    assert file.size > 195_000_000
    began = time.thread_time()
    if kind in ("a long name", "zeros behind"):
        assert np.array_equal(load_scan(file).data, SMALL)
    else:
        with pytest.raises(ValueError, match="a.nii.gz cannot be unpacked|is not a NIfTI file"):
            load_scan(file)
    assert time.thread_time() - began < SECONDS


def test_as_many_members_as_block_compression_makes_of_the_largest_file() -> None:
    assert MOST_MEMBERS * 65_280 > 2**32
