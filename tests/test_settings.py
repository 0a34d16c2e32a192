"""Settings: what is read from the fields and which values are refused."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from explorer.settings import Setting, check_settings, setting, settings_of


@dataclass(frozen=True)
class Plugin:
    """A plug-in with a setting of each kind and a field that is none."""

    sigma: float = setting(1.0, "width of the blur", minimum=0, maximum=5, unit="pixels")
    steps: int = setting(10, "how many steps", minimum=1)
    norm: str = setting("l2", "which distance", choices=("l1", "l2"))
    signed: bool = setting(False, "whether the sign counts")
    offset: float = setting(0, "added at the end")
    place: float | None = setting(None, "where, or anywhere", minimum=0, maximum=1)
    title: str = setting("", "free text")
    hidden: int = 3

    def __post_init__(self) -> None:
        check_settings(self)


def test_settings_keep_the_order_of_the_fields() -> None:
    names = [described.name for described in settings_of(Plugin)]
    assert names == ["sigma", "steps", "norm", "signed", "offset", "place", "title"]


def test_a_setting_tells_all_it_was_declared_with() -> None:
    expected = Setting("sigma", 1.0, "width of the blur", 0, 5, (), "pixels", whole=False)
    assert settings_of(Plugin)[0] == expected


def test_class_and_instance_have_the_same_settings() -> None:
    assert settings_of(Plugin) == settings_of(Plugin(sigma=2.0))


def test_int_fields_are_whole() -> None:
    whole = [described.name for described in settings_of(Plugin) if described.whole]
    assert whole == ["steps"]


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
        ({"steps": 0}, "steps must be in [1, inf], got 0"),
        ({"steps": 2.5}, "steps must be a whole number, got 2.5"),
        ({"place": 1.5}, "place must be in [0, 1], got 1.5"),
        ({"place": "left"}, "place must be a number, got 'left'"),
        ({"norm": "l3"}, "norm must be one of l1, l2; got 'l3'"),
        ({"signed": 1}, "signed must be True or False, got 1"),
        ({"offset": math.nan}, "offset must be in [-inf, inf], got nan"),
    ],
)
def test_other_values_are_refused_with_name_rule_and_value(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        Plugin(**values)
