"""The framing: any array comes back as it was, by a reader that knows the description alone."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

import numpy as np
import pytest

from explorer.wire.packet import Array, encode, packed
from tests.support import js_fixture
from tests.support.packets import parts, plain, unpacked


@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 3, 5), (4, 3, 5), (3, 7, 2)])
def test_any_codes_are_unpacked_as_they_were(shape: tuple[int, int, int]) -> None:
    generator = np.random.default_rng(0)
    codes = generator.integers(0, 2**16, shape).astype(np.uint16)
    codes.flat[0] = 2**16 - 1
    assert np.array_equal(unpacked(packed(codes), *shape), codes)


@pytest.mark.parametrize("options", [{}, {"level": 1}, {"strategy": zlib.Z_RLE}])
def test_arrays_come_back_whatever_lies_before_them(options: dict[str, Any]) -> None:
    generator = np.random.default_rng(1)
    odd = generator.integers(0, 2, (3, 5, 7)).astype(np.uint8)
    wide = generator.integers(0, 2**16, (2, 3)).astype(np.uint16)
    moving = generator.integers(0, 2**16, (2, 3, 4)).astype(np.uint16)
    arrays = [
        Array("odd", odd),
        Array("moving", moving, [1, 2], [3, 4], "differences"),
        Array("wide", wide, 5, 6),
    ]
    header, body = parts(encode({"kind": "test", "β": "„“"}, arrays, **options))
    first, second, third = header.pop("arrays")
    assert header == {"kind": "test", "β": "„“"}
    assert np.array_equal(plain(body, first), odd) and "low" not in first and "step" not in first
    assert (second["low"], second["step"], second["packing"]) == ([1, 2], [3, 4], "differences")
    assert np.array_equal(unpacked(body[second["offset"] :][:48], 2, 3, 4), moving)
    assert np.array_equal(plain(body, third), wide) and (third["low"], third["step"]) == (5, 6)
    assert all(array["offset"] % 2 == 0 for array in (first, second, third))


def test_nothing_that_no_browser_can_read_is_sent() -> None:
    with pytest.raises(ValueError, match="JSON"):
        encode({"value": np.nan}, [])


def test_the_packets_that_the_javascript_is_tested_with_are_those_that_are_written() -> None:
    kept = json.loads(js_fixture.PATH.read_text(encoding="utf-8"))
    fresh = js_fixture.made()
    assert kept.keys() == fresh.keys()
    for name in fresh:  # not byte by byte: another zlib may find a shorter stream
        old, new = (parts(base64.b64decode(one[name].pop("packet"))) for one in (kept, fresh))
        assert old == new and kept[name] == fresh[name], name
