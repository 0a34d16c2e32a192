"""Controls that stand for a parameter of the address; each returns the chosen value.

Without an address they keep their value in the session alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import streamlit as st

from explorer.ui.controls.address import Address


def select(
    label: str,
    options: Sequence[str],
    default: str | None,
    *,
    key: str,
    address: Address | None = None,
    **more: Any,
) -> str | None:
    """A list of which one is chosen; None where `default` is None and none is."""
    _one_of(key, options, default, address)
    chosen: str | None = st.selectbox(label, options, key=key, **more)
    return chosen


def segments(
    label: str, options: Sequence[str], default: str, *, key: str, address: Address | None = None, **more: Any
) -> str:
    """A row of options of which one is chosen."""
    _one_of(key, options, default, address)
    chosen = st.segmented_control(label, options, required=True, key=key, **more)
    return chosen or default


def marks(
    label: str, options: Sequence[str], default: str, *, key: str, address: Address | None = None, **more: Any
) -> str:
    """A slider over named marks."""
    _one_of(key, options, default, address)
    chosen: str = st.select_slider(label, options, key=key, **more)
    return chosen


def numbered_marks(
    label: str, options: Sequence[str], default: str, *, key: str, address: Address, **more: Any
) -> str:
    """A slider over marks that are numbers, ascending; of an address's number the nearest is taken."""

    def parse(text: str) -> str:
        found = nearest(text, options)
        if float(found) != float(text):
            address.nearest[key] = text, found
        return found

    address.place(key, default, parse, fits=lambda value: value in options)
    chosen: str = st.select_slider(label, options, key=key, **more)
    return chosen


def several(
    label: str, options: Sequence[str], default: Sequence[str], *, key: str, address: Address, **more: Any
) -> list[str]:
    """A list of which some are chosen."""
    address.place_list(key, list(default), tuple(options))
    chosen: list[str] = st.multiselect(label, options, key=key, **more)
    return chosen


def switch(label: str, default: bool, *, key: str, address: Address | None = None, **more: Any) -> bool:
    """On or off."""

    def parse(text: str) -> bool:
        if text.lower() not in ("true", "false"):
            raise ValueError("true or false")
        return text.lower() == "true"

    _place(key, default, parse, address, text=lambda value: str(value).lower())
    return st.toggle(label, key=key, **more)


def whole(
    label: str, low: int, high: int, default: int, *, key: str, address: Address | None = None, **more: Any
) -> int:
    """A whole number: a slider, or a field where there are too many to slide over."""

    def parse(text: str) -> int:
        value = int(text)
        _check_within(value, low, high)
        return value

    def fits(value: Any) -> bool:
        return isinstance(value, int) and low <= value <= high  # a label, where the axis before had labels

    _place(key, default, parse, address, fits=fits)
    if high - low > 1000:
        return int(st.number_input(label, low, high, step=1, key=key, **more))
    return int(st.slider(label, low, high, step=1, key=key, **more))


def number(
    label: str,
    low: float,
    high: float,
    default: float,
    *,
    key: str,
    address: Address | None = None,
    **more: Any,
) -> float:
    """A number, as a slider."""

    def parse(text: str) -> float:
        value = float(text)
        _check_within(value, low, high)
        return value

    _place(key, default, parse, address, fits=lambda value: low <= value <= high, text=repr)
    digits = 3 if high - low <= 0.1 else 2
    step = 0.001 if digits == 3 else 0.01 if high - low <= 2 else 0.05
    return float(st.slider(label, low, high, step=step, format=f"%.{digits}f", key=key, **more))


def text(label: str, default: str, *, key: str, address: Address | None = None, **more: Any) -> str:
    """A line of text."""
    _place(key, default, lambda given: given[:200], address)
    return str(st.text_input(label, max_chars=200, key=key, **more))


def nearest(asked: str, options: Sequence[str]) -> str:
    """The option nearest in ratio to a number of at least 0.

    Raises:
        ValueError: where the text is no number, or lies beyond the ends.
    """
    value, values = float(asked), [float(option) for option in options]
    _check_within(value, values[0], values[-1])
    smallest = min(option for option in values if option > 0) / 10

    def distance(place: int) -> float:
        return abs(math.log(max(values[place], smallest) / max(value, smallest)))

    return options[min(range(len(options)), key=distance)]


def _one_of(key: str, options: Sequence[str], default: str | None, address: Address | None) -> None:
    def parse(asked: str) -> str | None:
        if asked == "" and default is None:
            return None
        if asked not in options:
            raise ValueError("no option")
        return asked

    def fits(value: Any) -> bool:
        return value in options or (value is None and default is None)

    _place(key, default, parse, address, fits=fits, text=lambda value: value or "")


def _place(key: str, default: Any, parse: Any, address: Address | None, **more: Any) -> None:
    if address is not None:
        address.place(key, default, parse, **more)
    elif key not in st.session_state or not more.get("fits", lambda value: True)(st.session_state[key]):
        st.session_state[key] = default


def _check_within(value: float, low: float, high: float) -> None:
    """Raise ValueError unless a number lies between the ends; not a number does not."""
    if not low <= value <= high:
        raise ValueError(f"in [{low:g}, {high:g}]")
