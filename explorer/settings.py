"""Settings of plug-ins: dataclass fields that carry their range and a line of help.

The pages build their controls from them and the plug-ins check them, so that a setting is described once.
"""

from __future__ import annotations

import dataclasses
import math
import numbers
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Setting:
    """What is known of one setting.

    Attributes:
        name: the field's name.
        default: its value when nobody says otherwise.
        help: one line for the page.
        minimum: smallest number allowed, or None.
        maximum: largest number allowed, or None.
        choices: the allowed values where they can be listed, or empty.
        unit: what a number is measured in, or empty.
        whole: whether only whole numbers are allowed (the field is annotated `int`).
    """

    name: str
    default: Any
    help: str
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    unit: str = ""
    whole: bool = False


def setting(
    default: Any,
    help: str,
    *,
    minimum: float | None = None,
    maximum: float | None = None,
    choices: tuple[str, ...] = (),
    unit: str = "",
) -> Any:
    """Declare a dataclass field that is a setting; see `Setting` for the arguments."""
    described = Setting("", default, help, minimum, maximum, choices, unit)
    return dataclasses.field(default=default, metadata={"setting": described})


def settings_of(plugin: Any) -> tuple[Setting, ...]:
    """The settings of a dataclass or of an instance of one, in the order of its fields."""
    return tuple(
        dataclasses.replace(field.metadata["setting"], name=field.name, whole=field.type in (int, "int"))
        for field in dataclasses.fields(plugin)
        if "setting" in field.metadata
    )


def check_settings(plugin: Any) -> None:
    """Raise ValueError with name, rule and value for the first setting out of its range."""
    for described in settings_of(plugin):
        check(described, getattr(plugin, described.name))


def check(described: Setting, value: Any) -> None:
    """Raise ValueError unless `value` keeps to the described rule."""
    if described.choices:
        if value not in described.choices:
            known = ", ".join(described.choices)
            raise ValueError(f"{described.name} must be one of {known}; got {value!r}")
        return
    if rule := _broken_rule(described, value):
        raise ValueError(f"{described.name} must be {rule}, got {value!r}")


def _broken_rule(described: Setting, value: Any) -> str:
    """The rule for flags and numbers that `value` breaks, or an empty text."""
    if isinstance(described.default, bool):
        return "" if isinstance(value, bool) else "True or False"
    bounded = described.minimum is not None or described.maximum is not None
    if not bounded and not isinstance(described.default, numbers.Real):
        return ""
    if value is None and described.default is None:
        return ""
    kind = numbers.Integral if described.whole else numbers.Real
    if isinstance(value, bool) or not isinstance(value, kind):
        return "a whole number" if described.whole else "a number"
    low = -math.inf if described.minimum is None else described.minimum
    high = math.inf if described.maximum is None else described.maximum
    return "" if low <= float(value) <= high else f"in [{low:g}, {high:g}]"
