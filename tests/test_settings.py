"""Settings: what is read from the fields and which values are refused."""

from __future__ import annotations

import dataclasses
import math
import re
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pytest

from explorer.settings import Setting, check_settings, setting, settings_of


@dataclass(frozen=True)
class Plugin:
    """A plug-in with a setting of each kind and a field that is none."""

    sigma: float = setting(1.0, "width of the blur", minimum=0, maximum=5)
    steps: int = setting(10, "how many steps", minimum=1)
    norm: str = setting("l2", "which distance", choices=("l1", "l2"))
    signed: bool = setting(False, "whether the sign counts")
    offset: float = setting(0, "added at the end")
    place: float | None = setting(None, "where, or anywhere", minimum=0, maximum=1)
    title: str = setting("", "free text")
    share: float = setting(0.5, "part of a whole", minimum=0, below=1)
    secret: str = setting("", "not for the page", control=False)
    hidden: int = 3

    def __post_init__(self) -> None:
        check_settings(self)


def test_settings_keep_the_order_of_the_fields() -> None:
    names = [described.name for described in settings_of(Plugin)]
    assert names == ["sigma", "steps", "norm", "signed", "offset", "place", "title", "share", "secret"]


def test_a_setting_tells_all_it_was_declared_with() -> None:
    expected = Setting("sigma", 1.0, "width of the blur", 0, 5, kind=float)
    assert settings_of(Plugin)[0] == expected
    assert [described.name for described in settings_of(Plugin) if not described.control] == ["secret"]


def test_class_and_instance_have_the_same_settings() -> None:
    assert settings_of(Plugin) == settings_of(Plugin(sigma=2.0))


def test_kinds_are_those_of_the_annotations() -> None:
    kinds = [described.kind for described in settings_of(Plugin)]
    assert kinds == [float, int, str, bool, float, float, str, float, str]
    assert [described.name for described in settings_of(Plugin) if described.optional] == ["place"]


def test_annotations_may_be_types_or_their_texts() -> None:
    fields = [("a", int), ("b", float | None), ("c", "Optional[bool]"), ("d", Literal[-1, 1])]
    choices = {"d": (-1, 1)}
    made = dataclasses.make_dataclass(
        "Made", [(name, kind, setting(1, "", choices=choices.get(name, ()))) for name, kind in fields]
    )
    found = [(described.kind, described.optional) for described in settings_of(made)]
    assert found == [(int, False), (float, True), (bool, True), (int, False)]


def test_what_must_be_given_is_checked_too() -> None:
    @dataclass(frozen=True)
    class Needy:
        count: int = setting(dataclasses.MISSING, "how many", minimum=1)

    with pytest.raises(TypeError, match="count"):
        Needy()
    with pytest.raises(ValueError, match="count must be at least 1, got 0"):
        check_settings(Needy(0))


@pytest.mark.parametrize(
    "values",
    [
        {"sigma": 0},
        {"sigma": 5.0},
        {"sigma": np.float32(2.5)},
        {"steps": np.int64(7)},
        {"steps": 10**9},
        {"norm": "l1"},
        {"signed": True},
        {"offset": -0.5},
        {"place": None},
        {"place": 0.5},
        {"title": "anything"},
        {"hidden": -1},
    ],
)
def test_values_within_the_rule_pass(values: dict[str, Any]) -> None:
    Plugin(**values)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"sigma": -0.1}, "sigma must be in [0, 5], got -0.1"),
        ({"sigma": 5.0000001}, "sigma must be in [0, 5], got 5.0000001"),
        ({"sigma": math.nan}, "sigma must be in [0, 5], got nan"),
        ({"sigma": "2"}, "sigma must be a number, got '2'"),
        ({"sigma": True}, "sigma must be a number, got True"),
        ({"sigma": None}, "sigma must be a number, got None"),
        ({"steps": 0}, "steps must be at least 1, got 0"),
        ({"steps": 2.5}, "steps must be a whole number, got 2.5"),
        ({"place": 1.5}, "place must be in [0, 1], got 1.5"),
        ({"place": "left"}, "place must be a number, got 'left'"),
        ({"norm": "l3"}, "norm must be one of l1, l2; got 'l3'"),
        ({"signed": 1}, "signed must be true or false, got 1"),
        ({"share": 1.0}, "share must be in [0, 1), got 1.0"),
        ({"title": 3}, "title must be a text, got 3"),
        ({"steps": math.inf}, "steps must be a whole number, got inf"),
        ({"offset": math.inf}, "offset must be finite, got inf"),
        ({"offset": math.nan}, "offset must be finite, got nan"),
    ],
)
def test_other_values_are_refused_with_name_rule_and_value(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        Plugin(**values)
