"""What an address asked for in vain."""

from __future__ import annotations

import pytest

from explorer.looking.state import left_out

VALUES = {"beta": "1", "linked": True, "slice": 32, "class": "bag"}


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ({}, {}),
        ({"slice": "33"}, {"slice": "33"}),
        ({"slice": "32"}, {}),  # a default does not stay in the address
        ({"slice": "32.0", "beta": "1.0", "linked": "true", "class": "Bag"}, {}),
    ],
)
def test_what_the_page_follows_is_not_named(asked: dict[str, str], kept: dict[str, str]) -> None:
    assert left_out(asked, kept, VALUES) == []


def test_unknown_keys_and_refused_values_are_named_in_order() -> None:
    asked = {"nonsense": "1", "beta": "-1", "slice": "33", "class": "<b>"}
    kept = {"nonsense": "1", "slice": "33"}
    assert left_out(asked, kept, VALUES) == ["nonsense=1", "beta=-1", "class=<b>"]


def test_long_values_are_cut() -> None:
    assert left_out({"a": "x" * 1000}, {}, {}) == ["a=" + "x" * 58]
