"""Plug-ins and their settings as text, `NAME[:key=value,...]`, as commands and files have them."""

from __future__ import annotations

import re
from typing import Any, TypeVar
from urllib.parse import unquote

from explorer.registry import Registry
from explorer.settings.declared import Setting, check, settings_of

T = TypeVar("T")

_NEXT = re.compile(r",(?=\s*\w+\s*=)")
"""The comma before another setting; any other comma belongs to a value."""

_TAKEN = re.compile(r"(,\s*\w+\s*)=")
"""What in a value would be taken for another setting."""


def plugin_from(registry: Registry[type[T]], text: str, **more: Any) -> T:
    """A plug-in from its name and its settings, `NAME[:key=value,...]`.

    Args:
        registry: of such plug-ins.
        text: as on the command line.
        more: settings from arguments of their own.

    Raises:
        ValueError: with name, rule and value, where the plug-in or a setting is unknown or out of its range.
    """
    name, _, settings = text.partition(":")
    plugin = registry[name]
    try:
        given = parse_settings(plugin, settings)
        if twice := sorted(given.keys() & more.keys()):
            raise ValueError(f"{twice[0]} is given twice, got {settings!r} and --{twice[0]}; leave one out")
        return plugin(**given, **more)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None


def plugin_text(registry: Registry[Any], plugin: Any) -> str:
    """A plug-in as `plugin_from` reads it back exactly; settings that are the defaults are left out."""
    settings = format_settings(plugin)
    return registry.name_of(type(plugin)) + (f":{settings}" if settings else "")


def parse_settings(plugin: Any, text: str) -> dict[str, Any]:
    """Settings as the command line takes them, e.g. `sign=brighter,sigma=1,tolerance=3`, by name.

    A comma begins another setting where `name=` follows and else belongs to the value, so that lists need no
    quotes: `members=intensity,combination,rule=product`. Flags are `true` or `false`; what may be left to
    chance is `none`. In texts, `%` is written `%25`, and the `=` of `,name=` is written `%3D`. Names and
    values of old are understood, see `Setting.formerly`.

    Args:
        plugin: a dataclass, or an instance of one.
        text: empty for no settings.

    Raises:
        ValueError: with name, rule and value, for a setting that is unknown, given twice or out of its range.
    """
    known = {described.name: described for described in settings_of(plugin)}
    found: dict[str, Any] = {}
    for part in _NEXT.split(text) if text.strip() else ():
        name, equals, value = part.partition("=")
        if not equals:
            raise ValueError(f"settings must be written name=value,name=value, got {part!r}")
        name, value = renewed(plugin, name.strip(), value)
        if name not in known:
            raise ValueError(f"unknown setting {name!r}; known: {', '.join(known) or 'none'}")
        if name in found:
            raise ValueError(f"{name} must be given once, got it again as {value!r}")
        found[name] = _parsed(known[name], value)
    return found


def renewed(plugin: Any, name: str, text: str) -> tuple[str, str]:
    """What a setting's name and text are now; as they are where neither was ever renamed.

    Raises:
        ValueError: where the name is an old one and the text none of its values.
    """
    for described in settings_of(plugin):
        if name in described.formerly:
            now = described.formerly[name]
            if (old := text.strip().lower()) in now:
                return described.name, _written(described, now[old])
            if name != described.name:
                known = ", ".join(now)
                raise ValueError(f"{name} must be one of {known}, got {text!r}; it is {described.name} now")
    return name, text


def format_settings(plugin: Any, *, whole: bool = False) -> str:
    """What differs from the default, as `parse_settings` reads it back exactly; empty where nothing does.

    Args:
        plugin: an instance of a dataclass.
        whole: whether the defaults are written as well, for records that outlive them.
    """
    pairs = ((described, getattr(plugin, described.name)) for described in settings_of(plugin))
    return ",".join(
        f"{described.name}={_written(described, value)}"
        for described, value in pairs
        if whole or value != described.default
    )


def _parsed(described: Setting, text: str) -> Any:
    plain = text.strip().lower()
    if described.optional and plain == "none":
        return None
    value: Any = unquote(text)
    if described.kind is bool:
        value = {"true": True, "false": False}.get(plain, text)
    elif described.kind is not str:
        try:
            value = described.kind(plain)
        except ValueError:
            value = text  # which the rule refuses by its name
    check(described, value)
    return value


def _written(described: Setting, value: Any) -> str:
    if value is None:
        return "none"
    if described.kind is str:
        return _TAKEN.sub(r"\1%3D", str(value).replace("%", "%25"))
    return repr(described.kind(value)).lower()
