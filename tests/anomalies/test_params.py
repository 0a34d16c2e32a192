"""Parameters refuse what would not replay."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from explorer.anomalies import ANOMALIES
from explorer.randomness import stream

DRAWN = ANOMALIES["lesion"]().draw(stream(0, "test"))


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("strength", 2, r"strength must be in \[0, 1\], got 2"),
        ("size", float("nan"), r"size must be in \[0.03, 0.6\], got nan"),
        ("place", 1.0, r"place must be in \[0, 1\), got 1.0"),
        ("choice", "x", "choice must be a number, got 'x'"),
        ("position", (1.3, 0.5), "position must lie inside the image"),
        ("position", (0.5,), "position must lie inside the image"),
        ("shape", "star", "shape must be one of blob, disc, square"),
        ("shape", {"a": 1}, "shape must be one of blob, disc, square"),
        ("outline", (0.1,), "outline must be 10 numbers"),
        ("outline", (float("nan"),) * 10, "outline must be 10 numbers"),
        ("direction", float("inf"), "direction must be finite, got inf"),
        ("seed", -1, "seed must be at least 0, got -1"),
        ("seed", 1.5, "seed must be a whole number, got 1.5"),
        ("sign", 0, "sign must be one of -1, 1; got 0"),
        ("painted", "?", "painted must be the text of a shape"),
        ("cause", "fall", "cause must be one of any, acute-stroke, chronic-stroke, multiple-sclerosis; got"),
        ("volume", "2", "volume must be one of any, 0.3, 1, 3, 10, 30, 100, 300; got '2'"),
        ("by_contrast", 1, "by_contrast must be true or false, got 1"),
    ],
)
def test_a_bad_value_is_named(key: str, value: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(DRAWN, **{key: value})
