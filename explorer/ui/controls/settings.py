"""Controls built from the settings of plug-ins; bound to the address of the page unless told otherwise."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Literal

import streamlit as st

from explorer.settings import Setting, settings_of

BIND: Literal["query-params"] = "query-params"


def plugin_controls(
    name: str,
    plugin: Any,
    overruled: Collection[str] = (),
    *,
    prefix: str = "",
    bind: Literal["query-params"] | None = BIND,
) -> dict[str, Any]:
    """Show a control for each setting of a plug-in and return the chosen values.

    Settings without a default (a position, say) come together behind one switch: while it is off, their
    controls are greyed and their values left out.

    Args:
        name: the plug-in's registry name; keys in the address are `<name>-<setting>`.
        plugin: its class.
        overruled: settings that have no say at present: greyed.
        prefix: before each key.
        bind: `query-params`, or None where the address shall not hold them.
    """
    settings, keys = settings_of(plugin), f"{prefix}{name}"
    values = {
        s.name: control(f"{keys}-{s.name}", s, disabled=s.name in overruled, bind=bind)
        for s in settings
        if s.default is not None
    }
    optional = [s for s in settings if s.default is None]
    if optional:
        shown = " and ".join(s.name for s in optional)
        greyed = optional[0].name in overruled
        chosen = st.toggle(
            f"Choose {shown}",
            key=f"{keys}-by-hand",
            bind=bind,
            help=f"Off: {shown} are drawn from the seed.",
            disabled=greyed,
        )
        found = {
            s.name: control(f"{keys}-{s.name}", s, disabled=greyed or not chosen, bind=bind) for s in optional
        }
        values |= found if chosen else {}
    return values


def control(
    key: str,
    setting: Setting,
    *,
    disabled: bool = False,
    bind: Literal["query-params"] | None = BIND,
) -> Any:
    """One control for one setting; its key is also its name in the address, where it is bound to that."""
    label = setting.name.replace("_", " ").capitalize()
    common: Mapping[str, Any] = {
        "key": key, "help": _sentence(setting.help), "bind": bind, "disabled": disabled
    }  # fmt: skip
    if setting.choices:
        if len(setting.choices) <= 3:
            chosen = st.segmented_control(
                label, setting.choices, default=setting.default, required=True, **common
            )
            return chosen or setting.default
        return st.selectbox(label, setting.choices, index=setting.choices.index(setting.default), **common)
    if isinstance(setting.default, bool):
        return st.toggle(label, value=setting.default, **common)
    if isinstance(setting.default, str):
        return st.text_input(label, setting.default, max_chars=200, **common)
    low, high = setting.minimum, setting.maximum
    if low is None or high is None:
        raise TypeError(
            f"setting {setting.name} of a plug-in has no range, so no control can be shown for it"
        )
    if isinstance(setting.default, int):
        if high - low > 1000:
            return int(st.number_input(label, int(low), int(high), setting.default, step=1, **common))
        return st.slider(label, int(low), int(high), setting.default, step=1, **common)
    middle = (low + high) / 2 if setting.default is None else setting.default
    digits = 3 if high - low <= 0.1 else 2
    step = 0.001 if digits == 3 else 0.01 if high - low <= 2 else 0.05
    shown = f"%.{digits}f"
    return st.slider(label, float(low), float(high), float(middle), step=step, format=shown, **common)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(".") + "."
