"""The viewer's look as texts: what may be kept, from an address and from the browser."""

from __future__ import annotations

from typing import Any

import pytest
import streamlit as st
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from explorer.ui.controls import viewing
from explorer.ui.controls.address import Address

PARTS = viewing.rules(("intensity", "kl-gradient"), (32, 48))


@pytest.mark.parametrize(
    ("key", "asked", "kept"),
    [
        ("map", "kl-gradient", "kl-gradient"),
        ("threshold", "0.990", "0.99"),
        ("overlay", "1e1", "10"),
        ("centre", "0.25, 1", "0.25,1"),
        ("window-score", "-0.5,2", "-0.5,2"),
        ("pixel", "31,47", "31,47"),
        ("pixel", "", ""),
        ("sides", "neurological", "neurological"),
    ],
)
def test_a_part_is_kept_in_one_way_of_writing(key: str, asked: str, kept: str) -> None:
    parse = PARTS[key][1]
    assert parse(asked) == kept == parse(kept)


@pytest.mark.parametrize(
    ("key", "asked"),
    [
        *(("map", text) for text in ("", "ensemble")),
        *(("threshold", text) for text in ("1", "-0.1", "nan", "inf", "", "0.5,0.5")),
        *(("zoom", text) for text in ("0.5", "17", "1e400")),
        *(("centre", text) for text in ("0.5", "0.5,2", "0.5,nan", ",")),
        *(("window-grey", text) for text in ("0,0", "3,1", "0,1,1")),
        *(("pixel", text) for text in ("32,0", "0,48", "-1,0", "1.5,2", "1", "1,2,3", "inf,0")),
        *(("true-mask", text) for text in ("", "1", "True")),
    ],
)
def test_what_is_none_is_refused(key: str, asked: str) -> None:
    with pytest.raises(ValueError):
        PARTS[key][1](asked)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(some.dictionaries(some.sampled_from([*PARTS, "other"]), some.none() | some.text() | some.floats()))
def test_whatever_the_browser_tells_the_look_stays_one(told: dict[str, Any]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(st, "session_state", {})
        address = Address()
        viewing.place(address, PARTS)
        viewing.take(told, PARTS)
        kept = {key: st.session_state[key] for key in PARTS}
        assert {key: parse(kept[key]) for key, (_, parse) in PARTS.items()} == kept
        viewing.take({"zoom": "2", "pixel": "3,4"}, PARTS)
        assert {key: st.session_state[key] for key in PARTS} == kept | {"zoom": "2", "pixel": "3,4"}
