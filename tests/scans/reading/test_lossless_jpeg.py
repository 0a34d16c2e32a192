"""Lossless JPEG is decoded as an encoder by the words of the standard, and another program, wrote it."""

from __future__ import annotations

import base64
import struct

import numpy as np
import pytest

from explorer.scans.reading.dicom import lossless_jpeg
from explorer.scans.reading.dicom.lossless_jpeg import decode
from tests.support.compression import COUNTS, SYMBOLS, segment
from tests.support.compression import lossless_jpeg as encode

RNG = np.random.default_rng(4)
SMOOTH = (np.add.outer(40 * np.arange(23), 31 * np.arange(19)) + RNG.integers(0, 50, (23, 19))).astype("u2")
NOISE = RNG.integers(0, 2**16, (23, 19)).astype("u2")
EXTREMES = np.array([[0, 2**15, 0, 2**16 - 1], [2**15, 0, 2**15 - 1, 2**15]], "u2")

BY_GDCM = (
    "/9j/wwALEAAQAAwBAREA/8QAHQAAAwEBAQEBAQEAAAAAAAAABgcIBQQDAQkCD//aAAgBAQABAAD/AAdUqew/0CcFlVXXbifLFpzmqG3K"
    "Uta7X9bpLUbLdGLWVcfp00XfZlfN6r2qUcFUWFTX6BVefUc6qH16IOHxaD6udyvu39dk0EeeDbs+l29UTftr2cZw1B2nmxRzVoi4S0gP"
    "Wa1PrVblgsdjt9k/zUWiW5NA67JpFnd7w3mLzuQ7KDZWVsUle4elvvofRFw/fIq9GT08f8HHMO6OL3cmkDMXC08nLWpYhvHv0AMaCdnx"
    "LFGgTqfF7uKMO4ObOTuuiUGoleOqYC+gwMw1LIakCkulAqbViOcf/9kA"
)
"""16 x 12 pixels of 12 bits, compressed by GDCM 3.2.6 (process 14, selection value 1)."""

ROWS_OF_GDCM = {
    0: [1877, 2044, 2239, 2497, 2593, 2795, 2966, 3153, 3251, 3372, 3441, 3597],
    15: [1865, 1775, 1587, 1496, 1443, 1339, 1232, 1179, 1033, 955, 920, 908],
}


@pytest.mark.parametrize("selection", range(1, 8))
@pytest.mark.parametrize("image", [SMOOTH, NOISE, EXTREMES], ids=["smooth", "noise", "extremes"])
def test_every_predictor_gives_back_what_was_encoded(image: np.ndarray, selection: int) -> None:
    assert np.array_equal(decode(encode(image, selection)), image)


@pytest.mark.parametrize("precision", [8, 12])
def test_fewer_bits(precision: int) -> None:
    image = (SMOOTH >> (16 - precision)).astype("u1" if precision == 8 else "u2")
    assert np.array_equal(decode(encode(image, precision=precision)), image)


def test_low_bits_that_were_left_out_are_0() -> None:
    assert np.array_equal(decode(encode(SMOOTH, 5, shift=3)), SMOOTH >> 3 << 3)


def test_what_another_program_wrote_is_read() -> None:
    found = decode(base64.b64decode(BY_GDCM))
    assert found.shape == (16, 12)
    for row, expected in ROWS_OF_GDCM.items():
        assert found[row].tolist() == expected


def test_data_are_the_same_looked_up_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    for size in (16, 24, 61):
        monkeypatch.setattr(lossless_jpeg, "_AT_ONCE", size)
        assert np.array_equal(decode(encode(NOISE, 1)), NOISE)


WHOLE = encode(SMOOTH)
TABLE = segment(0xC4, b"\0" + COUNTS + SYMBOLS)
FRAME = WHOLE.index(b"\xff\xc3")
SCAN = WHOLE.index(b"\xff\xda")


def changed(place: int, value: int) -> bytes:
    return WHOLE[:place] + bytes([value]) + WHOLE[place + 1 :]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        WHOLE[:-2],  # without its end
        WHOLE[: SCAN + 20] + b"\xff\xd9",  # cut off and ended
        WHOLE[:SCAN],
        WHOLE.replace(TABLE, b""),
        WHOLE.replace(TABLE, segment(0xC4, b"\0" + COUNTS + SYMBOLS[:-1])),
        WHOLE.replace(
            TABLE, segment(0xC4, b"\0" + bytes([3, *[0] * 15]) + b"\0\1\2")
        ),  # more codes than bits
        WHOLE.replace(TABLE, segment(0xC4, b"\0" + COUNTS + bytes(16) + b"\x11")),  # a difference of 17 bits
        WHOLE.replace(TABLE, segment(0xC4, b"\0" + bytes(15) + b"\1\0")),  # most data have no meaning
        WHOLE.replace(TABLE, TABLE + segment(0xDD, struct.pack(">H", 4))),  # restarts
        changed(FRAME + 1, 0xC0),
        changed(SCAN + 4, 2),
        changed(SCAN + 7, 0),
        changed(SCAN + 7, 8),
        changed(FRAME + 4, 12)[: SCAN + 9] + b"\x0c" + WHOLE[SCAN + 10 :],  # all bits left out
        changed(FRAME + 4, 1),
        changed(FRAME + 4, 17),
        changed(FRAME + 6, 24),  # more rows than there are data for
    ],
)
def test_what_is_damaged_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError):
        decode(content)
