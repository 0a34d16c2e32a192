"""What is handed to components: JSON that every browser reads, and packets as they are."""

from __future__ import annotations

import json

import numpy as np
import pytest

from explorer.ui.components.mounting import as_bytes


def test_bytes_stay_as_they_are() -> None:
    packet = bytes(range(256))
    assert as_bytes(packet) is packet


@pytest.mark.parametrize(
    "content",
    [
        {},
        {
            "name": "β, “quoted”, </script>",
            "charts": [{"x": [0.0, 0.1, 1e-300], "legend": False, "none": None}],
        },
    ],
)
def test_all_else_is_json_that_begins_with_a_brace_and_comes_back(content: dict[str, object]) -> None:
    found = as_bytes(content)
    assert found.startswith(b"{")  # by which `carry.js` knows it from a packet
    assert json.loads(found.decode("utf-8")) == content


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_no_browser_can_read_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        as_bytes({"value": value})
