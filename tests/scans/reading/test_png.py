"""PNG of every kind that holds grey: all its bits are kept, and what is transparent shows nothing hidden."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from explorer.scans.reading.files import ScanFile
from explorer.scans.reading.loading import load_scan
from explorer.scans.reading.scan import Scan
from tests.security.making import chunk, png, raw_png

RNG = np.random.default_rng(4)
GREY = RNG.integers(0, 65536, (40, 30)).astype(np.uint16)
COLOUR_TYPES = {1: 0, 2: 4, 3: 2, 4: 6}
ADAM = ((0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1))


def lines(samples: NDArray[Any], kind: int = 0) -> bytes:
    """Rows of samples, (rows, columns, channels), filtered by nothing, the left, or what is above."""
    found, above, stride = b"", np.zeros(samples[0].nbytes, np.uint8), samples[0, 0].nbytes
    for row in samples.astype(samples.dtype.newbyteorder(">")):
        values = np.frombuffer(row.tobytes(), np.uint8)
        left = np.concatenate([np.zeros(stride, np.uint8), values[:-stride]])
        found += bytes([kind]) + (values - (0, left, above)[kind]).astype(np.uint8).tobytes()
        above = values
    return found


def stored(samples: NDArray[Any], extra: bytes = b"", kind: int = 0, *, interlaced: bool = False) -> Scan:
    """What is read of a PNG of these samples, (rows, columns, channels)."""
    parts = [samples[y::dy, x::dx] for y, x, dy, dx in ADAM] if interlaced else [samples]
    data = zlib.compress(b"".join(lines(part, kind) for part in parts))
    depth, colour = 8 * samples.dtype.itemsize, COLOUR_TYPES[samples.shape[2]]
    content = raw_png(samples.shape[1], samples.shape[0], data, extra, depth, colour)
    if interlaced:
        start = content[16:28] + b"\1"
        content = content[:8] + chunk(b"IHDR", start) + content[33:]
    return load_scan(ScanFile("a.png", content))


def samples_of(grey: NDArray[Any], channels: int, alpha: Any = None) -> NDArray[Any]:
    """Grey in one or three channels, and one more for how opaque it is where there are two or four."""
    opaque = np.full_like(grey, np.iinfo(grey.dtype).max if alpha is None else 0)
    opaque = opaque if alpha is None else np.asarray(alpha, grey.dtype)
    return np.stack([grey] * (channels - (channels % 2 == 0)) + [opaque] * (channels % 2 == 0), -1)


@pytest.mark.parametrize("channels", COLOUR_TYPES)
@pytest.mark.parametrize("kind", [0, 1, 2])
@pytest.mark.parametrize("interlaced", [False, True])
def test_all_16_bits_are_kept(channels: int, kind: int, interlaced: bool) -> None:
    scan = stored(samples_of(GREY, channels), kind=kind, interlaced=interlaced)
    assert np.array_equal(scan.data[..., 0], GREY) and len(scan.notes) == 1


@pytest.mark.parametrize("channels", COLOUR_TYPES)
def test_values_of_the_low_byte_alone_are_a_picture(channels: int) -> None:
    faint = GREY % 251
    assert np.array_equal(stored(samples_of(faint, channels)).data[..., 0], faint)


@pytest.mark.parametrize("channels", [3, 4])
def test_colours_that_differ_in_the_last_bit_are_colours(channels: int) -> None:
    samples = samples_of(GREY, channels)
    samples[3, 4, 2] ^= 1
    with pytest.raises(ValueError, match="is in colour where intensities are needed"):
        stored(samples)


@pytest.mark.parametrize("channels", [2, 4])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_what_is_transparent_lies_on_black(channels: int, dtype: type) -> None:
    most = np.iinfo(dtype).max
    grey: NDArray[Any] = GREY.astype(dtype)
    alpha: NDArray[Any] = np.full(grey.shape, most, dtype)
    alpha[:10], alpha[10:20] = 0, most // 3
    samples = samples_of(grey, channels, alpha)
    if channels == 4:
        samples[:10, :, 1] = 7  # what is hidden may be in colour
    scan = stored(samples)
    assert scan.data[..., 0] == pytest.approx(grey * (alpha / most), rel=1e-6)
    assert scan.notes[1] == "50 % of the pixels are transparent: they lie on black."


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [1, 3])
def test_a_value_that_stands_for_transparent_is_black(dtype: type, channels: int) -> None:
    grey: NDArray[Any] = GREY.astype(dtype)
    grey[:4] = 99
    scan = stored(samples_of(grey, channels), chunk(b"tRNS", struct.pack(">H", 99) * channels))
    assert np.array_equal(scan.data[..., 0], np.where(grey == 99, 0, grey))
    assert "of the pixels are transparent" in scan.notes[1]


@pytest.mark.parametrize("depth", [1, 2, 4])
def test_few_bits_are_spread_over_eight(depth: int) -> None:
    values = RNG.integers(0, 2**depth, (16, 32)).astype(np.uint8)
    bits = np.unpackbits(values[..., None], axis=2)[..., 8 - depth :].reshape(16, -1)
    data = zlib.compress(b"".join(b"\0" + np.packbits(row).tobytes() for row in bits))
    spread = values.astype(np.float32) * (255 // (2**depth - 1))
    plain = load_scan(ScanFile("a.png", raw_png(32, 16, data, depth=depth)))
    assert np.array_equal(plain.data[..., 0], spread)
    clear = chunk(b"tRNS", struct.pack(">H", 1))
    seen = load_scan(ScanFile("a.png", raw_png(32, 16, data, clear, depth=depth))) if depth > 1 else None
    assert seen is None or np.array_equal(seen.data[..., 0], np.where(values == 1, 0, spread))


@pytest.mark.parametrize("clear", [False, True])
def test_a_palette_of_greys(clear: bool) -> None:
    numbers = RNG.integers(0, 16, (20, 20)).astype(np.uint8)
    image = Image.fromarray(numbers, "P")
    image.putpalette([15 * (number // 3) for number in range(3 * 16)])
    stream = io.BytesIO()
    image.save(stream, "PNG", **({"transparency": 3} if clear else {}))
    scan = load_scan(ScanFile("a.png", stream.getvalue()))
    expected = 15.0 * numbers
    assert np.array_equal(scan.data[..., 0], np.where(numbers == 3, 0, expected) if clear else expected)


def test_a_picture_transparent_all_over_shows_nothing() -> None:
    with pytest.raises(ValueError, match="same value everywhere"):
        stored(samples_of(GREY, 2, np.zeros_like(GREY)))


def test_of_several_pictures_the_first_is_read_and_it_is_said() -> None:
    frames = [Image.fromarray((GREY % (200 + number)).astype(np.uint8)) for number in range(3)]
    stream = io.BytesIO()
    frames[0].save(stream, "PNG", save_all=True, append_images=frames[1:])
    scan = load_scan(ScanFile("a.png", stream.getvalue()))
    assert np.array_equal(scan.data[..., 0], GREY % 200)
    assert scan.notes[1] == "The file holds 3 pictures: the first one was read."
    assert len(load_scan(ScanFile("a.png", png())).notes) == 1
