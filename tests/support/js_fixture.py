"""Packets for the unit tests of the JavaScript reader, as the code writes them, with what they hold.

`python -m tests.support.js_fixture` writes them anew.
"""

from __future__ import annotations

import base64
import json
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from explorer.wire import codes
from explorer.wire.film import Film, Layer, encode
from explorer.wire.packet import Array
from explorer.wire.packet import encode as encode_packet

PATH = Path(__file__).parents[1] / "js" / "fixtures" / "packets.json"


def made() -> dict[str, Any]:
    """Each packet as base64, and the codes and values of its arrays."""
    generator = np.random.default_rng(0)
    odd = generator.integers(0, 2, (1, 3, 5)).astype(bool)
    moving = generator.standard_normal((4, 3, 5)).astype(np.float32)
    moving[1] = moving[0]
    extremes = np.array([0, 2**16 - 1, 1, 2**15, 2**15 - 1, 0, 2**16 - 1, 3], np.uint16).reshape(2, 2, 2)
    volume = generator.integers(-500, 1500, (2, 3, 5)).astype(np.float32)
    fractions = generator.random((2, 3, 5)).astype(np.float32)
    fractions[0, 1] = 0
    low, high = moving.min((1, 2)).astype(float), moving.max((1, 2)).astype(float)
    frames = [
        codes.mask("mask", odd),
        codes.pictures("moving", moving, low, high, 16),
        Array("extremes", extremes, 0.0, 1.0, "differences"),
    ]
    scan = [codes.mask("mask", odd), codes.numbers("image", volume), codes.numbers("fractions", fractions)]
    header = {"text": "β, „quoted“"}
    layers = [
        Layer("Still", "caption", volume[:1], -500.0, 1500.0, "grey"),
        Layer("Moving", "caption", fractions[:, :, :2].repeat(2, 0)[1:], 0.0, 1.0, "inferno", pick=True),
    ]
    film = Film("one", ["a", "b", "c"], layers, {"up": np.arange(3.0)}, (1, 1))
    return {
        "frames": told(encode_packet({"kind": "frames", **header}, frames, strategy=zlib.Z_RLE), frames),
        "scan": told(encode_packet({"kind": "scan", **header}, scan, level=1), scan),
        "film": {"packet": base64.b64encode(encode(film)).decode()},
    }


def told(packet: bytes, arrays: list[Array]) -> dict[str, Any]:
    """A packet and what a reader must find in it."""
    return {
        "packet": base64.b64encode(packet).decode(),
        "arrays": {
            array.name: {
                "shape": list(array.codes.shape),
                "codes": array.codes.ravel().tolist(),
                "low": 0 if array.low is None else array.low,
                "step": 1 if array.step is None else array.step,
            }
            for array in arrays
        },
    }


if __name__ == "__main__":
    PATH.write_text(json.dumps(made(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
