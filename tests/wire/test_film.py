"""Films, read by a reader of their own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from explorer.wire.colour import encoded_table
from explorer.wire.film import Film, Layer, encode
from tests.support.packets import parts, plain


def read(content: bytes) -> tuple[dict[str, Any], list[NDArray[np.uint8]]]:
    """The header, and the steps of the colour bars of each layer."""
    header, body = parts(content)
    assert header["kind"] == "film"
    assert [array["name"] for array in header["arrays"]] == [str(i) for i in range(len(header["layers"]))]
    return header, [plain(body, array) for array in header["arrays"]]


def film(**changed: Any) -> Film:
    rising = np.linspace(0, 2, 3 * 4 * 5, dtype=np.float32).reshape(3, 4, 5)
    layers = [
        Layer("Still", "does not change", rising[:1], 0.0, 2.0, "grey"),
        Layer("Moving", "does", rising, 0.5, 1.5, "inferno", pick=True),
    ]
    given = {"key": "one", "labels": ["a", "b", "c"], "layers": layers, "curves": {"up": np.arange(3.0)}}
    return Film(**(given | changed))


def test_layers_arrive_in_steps_of_their_colour_bars() -> None:
    made = film()
    header, layers = read(encode(made))
    assert [len(steps) for steps in layers] == [1, 3]
    for layer, steps, array in zip(made.layers, layers, header["arrays"], strict=True):
        exact = (layer.values - layer.low) * 256 / (layer.high - layer.low)
        assert (np.abs(steps - np.clip(exact, 0, 255)) <= 1).all() and steps.max() == np.clip(
            exact, 0, 255
        ).max() // 1
        within = (layer.values >= layer.low) & (layer.values <= layer.high)
        sent = array["low"] + steps * array["step"]
        assert np.abs(sent - layer.values)[within].max() <= array["step"] * 0.5001


def test_the_header_says_all_else() -> None:
    header, _ = read(encode(film().picking(2, 3)))
    assert (header["key"], header["labels"], header["picked"]) == ("one", ["a", "b", "c"], [2, 3])
    assert header["curves"] == {"up": [0.0, 1.0, 2.0]}
    assert [layer["pick"] for layer in header["layers"]] == [False, True]
    assert header["tables"] == {name: encoded_table(name) for name in ("grey", "inferno")}


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="layer 'Moving' must have 1 or 2 frames, got 3"):
        encode(film(labels=["a", "b"], curves={}))
    with pytest.raises(ValueError, match="curve 'up' must have 3 numbers, got 2"):
        encode(film(curves={"up": np.arange(2.0)}))
