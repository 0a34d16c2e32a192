"""Parameters refuse what would not replay."""

from __future__ import annotations

from dataclasses import replace

import pytest

from explorer.anomalies import ANOMALIES, Params
from explorer.randomness import stream

DRAWN = ANOMALIES["lesion"]().draw(stream(0, "test"))


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("strength", 2, r"strength must be in \[0, 1\], got 2"),
        ("size", float("nan"), r"size must be in \[0.03, 0.6\], got nan"),
        ("place", 1.0, r"place must be in \[0, 1\), got 1.0"),
        ("choice", "x", r"choice must be in \[0, 1\), got 'x'"),
        ("position", [1.3, 0.5], "position must lie inside the image"),
        ("position", [0.5], "position must lie inside the image"),
        ("shape", "star", "shape must be one of blob, disc, square"),
        ("shape", {"a": 1}, "shape must be one of blob, disc, square"),
        ("outline", [0.1], "outline must be 10 numbers"),
        ("outline", 3, "outline must be a list of numbers"),
        ("direction", float("inf"), "direction must be a finite angle"),
        ("seed", -1, "seed must be a whole number"),
        ("seed", 1.5, "seed must be a whole number"),
        ("sign", 0, "sign must be -1 or 1"),
    ],
)
def test_a_bad_value_is_named(key: str, value: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Params.from_json(DRAWN.to_json() | {key: value})


def test_keys_must_be_the_known_ones() -> None:
    with pytest.raises(ValueError, match="missing or unknown: colour"):
        Params.from_json(DRAWN.to_json() | {"colour": 1})
    with pytest.raises(ValueError, match="missing or unknown: size"):
        Params.from_json({name: value for name, value in DRAWN.to_json().items() if name != "size"})
    with pytest.raises(ValueError, match="must be a JSON object"):
        Params.from_json([1, 2])


def test_a_position_survives_json() -> None:
    placed = replace(DRAWN, position=(0.25, 0.75))
    assert Params.from_json(placed.to_json()) == placed
