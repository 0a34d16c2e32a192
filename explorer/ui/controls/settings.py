"""Controls built from the settings of plug-ins."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from typing import Any

from explorer.settings import Setting, renewed, settings_of
from explorer.ui.controls import widgets
from explorer.ui.controls.address import Address


def plugin_controls(
    name: str,
    plugin: Any,
    overruled: Collection[str] = (),
    *,
    prefix: str = "",
    address: Address | None = None,
) -> dict[str, Any]:
    """Show a control for each setting of a plug-in and return the chosen values.

    Settings without a default (a position, say) come together behind one switch: while it is off, their
    controls are greyed and their values left out.

    Args:
        name: the plug-in's registry name; keys in the address are `<name>-<setting>`.
        plugin: its class.
        overruled: settings that have no say at present: greyed.
        prefix: before each key.
        address: holds them; None where it shall not.
    """
    settings, keys = [s for s in settings_of(plugin) if s.control], f"{prefix}{name}"
    if address is not None:
        _renew(keys, plugin, address)
    values = {
        s.name: control(f"{keys}-{s.name}", s, disabled=s.name in overruled, address=address)
        for s in settings
        if not s.optional
    }
    optional = [s for s in settings if s.optional]
    if optional:
        shown = " and ".join(s.name for s in optional)
        greyed = optional[0].name in overruled
        chosen = widgets.switch(
            f"Choose {shown}",
            False,
            key=f"{keys}-by-hand",
            address=address,
            help=f"Off: {shown} are drawn from the seed.",
            disabled=greyed,
        )
        found = {
            s.name: control(f"{keys}-{s.name}", s, disabled=greyed or not chosen, address=address)
            for s in optional
        }
        values |= found if chosen else {}
    return values


def control(key: str, setting: Setting, *, disabled: bool = False, address: Address | None = None) -> Any:
    """One control for one setting; its key is also its name in the address."""
    label = (setting.label or setting.name.replace("_", " ")).capitalize()
    common: dict[str, Any] = {
        "key": key, "help": sentence(setting.help), "address": address, "disabled": disabled
    }  # fmt: skip
    default, low, high = setting.default, setting.minimum, setting.maximum
    if setting.choices:
        show = widgets.segments if len(setting.choices) <= 3 else widgets.select
        return show(label, setting.choices, default, **common)
    if isinstance(default, bool):
        return widgets.switch(label, default, **common)
    if isinstance(default, str):
        return widgets.text(label, default, **common)
    if low is None or high is None:
        raise TypeError(
            f"setting {setting.name} of a plug-in has no range, so no control can be shown for it"
        )
    if isinstance(default, int):
        return widgets.whole(label, int(low), int(high), default, **common)
    middle = (low + high) / 2 if default is None else default
    return widgets.number(label, float(low), float(high), float(middle), **common)


def _renew(keys: str, plugin: Any, address: Address) -> None:
    """Take up what an old address says of settings that were renamed since."""

    def now(old: str, text: str) -> tuple[str, str]:
        name, value = renewed(plugin, old, text)
        return f"{keys}-{name}", value

    for old in {old for setting in settings_of(plugin) for old in setting.formerly}:
        address.renew(f"{keys}-{old}", partial(now, old))


def sentence(text: str) -> str:
    """A clause as a sentence."""
    return text[:1].upper() + text[1:].rstrip(".") + "."
