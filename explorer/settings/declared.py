"""Settings of plug-ins: dataclass fields that carry their range and a line of help.

The pages build their controls from them, the command line reads and writes them, and all that has settings
(plug-ins, recipes, parameters) is checked here, so that a setting is described once.
"""

from __future__ import annotations

import dataclasses
import math
import numbers
import re
from collections.abc import Collection, Mapping
from dataclasses import MISSING, dataclass
from typing import Any, TypeVar, get_args, get_type_hints

T = TypeVar("T")

LONGEST_SHOWN = 80
"""Letters of a value in a message."""

_KINDS: dict[str, type] = {"bool": bool, "int": int, "float": float}


@dataclass(frozen=True)
class NoSettings:
    """For what has none."""


@dataclass(frozen=True)
class Setting:
    """What is known of one setting.

    Attributes:
        name: the field's name.
        default: its value when nobody says otherwise; `dataclasses.MISSING` where it must be given.
        help: one line for the page.
        minimum: smallest number allowed, or None.
        maximum: largest number allowed, or None.
        below: number that it must stay below, or None.
        choices: the allowed values where they can be listed, or empty.
        control: whether the page has a control for it.
        label: what the page calls it, in small letters; empty: by its name.
        kind: `bool`, `int`, `float` or `str`, as the field is annotated.
        optional: whether None is allowed, as the field is annotated.
        formerly: names that it had, and its own where values were renamed; by old name, what each old text,
            in small letters, means now. So old addresses and commands keep their meaning.
    """

    name: str
    default: Any
    help: str
    minimum: float | None = None
    maximum: float | None = None
    below: float | None = None
    choices: tuple[Any, ...] = ()
    control: bool = True
    label: str = ""
    kind: type = str
    optional: bool = False
    formerly: Mapping[str, Mapping[str, Any]] = dataclasses.field(default_factory=dict)


def setting(
    default: Any,
    help: str,
    *,
    minimum: float | None = None,
    maximum: float | None = None,
    below: float | None = None,
    choices: tuple[Any, ...] = (),
    control: bool = True,
    label: str = "",
    formerly: Mapping[str, Mapping[str, Any]] | None = None,
) -> Any:
    """Declare a dataclass field that is a setting; see `Setting` for the arguments."""
    limits = minimum, maximum, below, choices
    described = Setting("", default, help, *limits, control, label, formerly=formerly or {})
    return dataclasses.field(default=default, metadata={"setting": described})


def settings_of(plugin: Any) -> tuple[Setting, ...]:
    """The settings of a dataclass or of an instance of one, in the order of its fields."""
    return tuple(
        _of_field(field.metadata["setting"], field)
        for field in dataclasses.fields(plugin)
        if "setting" in field.metadata
    )


def check_settings(plugin: Any) -> None:
    """Raise ValueError with name, rule and value for the first setting out of its range."""
    for described in settings_of(plugin):
        check(described, getattr(plugin, described.name))


def check(described: Setting, value: Any) -> None:
    """Raise ValueError unless `value` keeps to the described rule."""
    if described.optional and value is None:
        return
    if described.choices:
        if value not in described.choices:
            known = ", ".join(map(str, described.choices))
            raise ValueError(f"{described.name} must be one of {known}; got {shown(value)}")
        return
    if rule := _broken_rule(described, value):
        raise ValueError(f"{described.name} must be {rule}, got {shown(value)}")


def shown(value: Any) -> str:
    """A value as messages have it: as Python writes it, and not too long."""
    text = repr(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."


def from_table(kind: type[T], table: Any, *, besides: Collection[str] = ()) -> T:
    """The dataclass `kind`, which checks its settings, from a table of TOML; its fields may be tables, too,
    that can be left out where the field may be None.

    Args:
        kind: what is made.
        table: its fields by name.
        besides: further keys that the table may have.

    Raises:
        ValueError: naming the keys that are unknown or missing, or the setting, its rule and its value.
    """
    if not isinstance(table, Mapping):
        raise ValueError(f"it must be a table, got {shown(table)}")
    fields = dataclasses.fields(kind)  # type: ignore[arg-type]
    needed = [f.name for f in fields if f.default is MISSING and f.default_factory is MISSING]
    check_keys(table, [*(field.name for field in fields), *besides], needed)
    hints, values = get_type_hints(kind), {}
    for name, value in table.items():
        if name in besides:
            continue
        try:
            inner = _dataclass_in(hints[name])
            values[name] = value if inner is None else from_table(inner, value)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
    return kind(**values)


def _dataclass_in(hint: Any) -> type[Any] | None:
    """The dataclass that a field holds, or may hold in place of None."""
    kinds = (one for one in (hint, *get_args(hint)) if isinstance(one, type))
    return next(filter(dataclasses.is_dataclass, kinds), None)


def check_keys(table: Mapping[str, Any], known: Collection[str], needed: Collection[str]) -> None:
    """Raise ValueError unless a table has all the needed keys, and known ones only."""
    unknown = [key if key.isidentifier() else shown(key) for key in sorted(set(table) - set(known))]
    missing = sorted(set(needed) - set(table))
    parts = (("unknown", unknown), ("missing", missing))
    if wrong := "; ".join(f"{what}: {', '.join(keys)}" for what, keys in parts if keys):
        raise ValueError(f"its keys are wrong ({wrong}); known: {', '.join(known) or 'none'}")


def _of_field(described: Setting, field: dataclasses.Field[Any]) -> Setting:
    """The setting with what its field's annotation says, which is a type or the text of one."""
    words = re.findall(r"\w+", field.type.__name__ if isinstance(field.type, type) else str(field.type))
    kind = next((_KINDS[word] for word in words if word in _KINDS), str)
    if described.choices:
        kind = type(described.choices[0])
    optional = "None" in words or "Optional" in words
    return dataclasses.replace(described, name=field.name, kind=kind, optional=optional)


def _broken_rule(described: Setting, value: Any) -> str:
    """The rule that `value` breaks, or an empty text."""
    if described.kind is bool:
        return "" if isinstance(value, bool) else "true or false"
    if described.kind is str:
        return "" if isinstance(value, str) else "a text"
    whole = described.kind is int
    if isinstance(value, bool) or not isinstance(value, numbers.Integral if whole else numbers.Real):
        return "a whole number" if whole else "a number"
    return "" if _inside(described, value) else _range(described)


def _inside(described: Setting, value: Any) -> bool:
    low, high, below = described.minimum, described.maximum, described.below
    return (
        _finite(value)
        and (low is None or value >= low)
        and (high is None or value <= high)
        and (below is None or value < below)
    )


def _finite(value: Any) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number beyond what floating point holds
        return False


def _range(described: Setting) -> str:
    low, high, below = described.minimum, described.maximum, described.below
    if low is not None and high is not None:
        return f"in [{low:g}, {high:g}]"
    if low is not None and below is not None:
        return f"in [{low:g}, {below:g})"
    bounds = (("at least", low), ("at most", high), ("below", below))
    return " and ".join(f"{word} {bound:g}" for word, bound in bounds if bound is not None) or "finite"
