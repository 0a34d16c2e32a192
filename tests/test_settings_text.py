"""Settings as text: what the command line takes, and that it says the same when read back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import settings as limits
from hypothesis import strategies as st

from explorer.anomalies import ANOMALIES
from explorer.anomalies.shape.painted import CELLS, encode
from explorer.predictors import PREDICTORS
from explorer.registry import Registry
from explorer.settings import (
    Setting,
    check_settings,
    format_settings,
    parse_settings,
    plugin_from,
    plugin_text,
    setting,
    settings_of,
)

REGISTRIES: dict[str, Registry[Any]] = {"anomaly": ANOMALIES, "predictor": PREDICTORS}
PLUGINS = [(kind, name) for kind, registry in REGISTRIES.items() for name in registry.names()]


@dataclass(frozen=True)
class Plugin:
    """A setting of each kind."""

    steps: int = setting(10, "how many steps", minimum=1)
    sigma: float = setting(1.0, "width of the blur", minimum=0, maximum=5)
    norm: Literal["l1", "l2"] = setting("l2", "which distance", choices=("l1", "l2"))
    signed: bool = setting(False, "whether the sign counts")
    place: float | None = setting(None, "where, or anywhere", minimum=0, maximum=1)
    members: str = setting("a,b", "free text")
    unit: Literal["mm", "voxel"] = setting(
        "mm", "of places", choices=("mm", "voxel"), formerly={"unit": {"px": "voxel"}}
    )
    width: float = setting(
        0.0, "of the smoothing", minimum=0, formerly={"smooth": {"true": 3.0, "false": 0.0}}
    )

    def __post_init__(self) -> None:
        check_settings(self)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {}),
        (" ", {}),
        ("steps=3", {"steps": 3}),
        ("sigma=.5,signed=true,norm=l1", {"sigma": 0.5, "signed": True, "norm": "l1"}),
        (" sigma = 1e-2 , signed=False", {"sigma": 0.01, "signed": False}),
        ("place=0.25", {"place": 0.25}),
        ("place=none", {"place": None}),
        ("members=a,b,c,norm=l1", {"members": "a,b,c", "norm": "l1"}),
        ("members=none", {"members": "none"}),
        ("members=", {"members": ""}),
        ("members=50%25,steps%3D3", {"members": "50%,steps=3"}),
        ("members=a:b=1:c=2,d-e:b=1,steps=3", {"members": "a:b=1:c=2,d-e:b=1", "steps": 3}),
        ("smooth=true,unit=px", {"width": 3.0, "unit": "voxel"}),
        ("smooth= False ,unit=mm", {"width": 0.0, "unit": "mm"}),
    ],
)
def test_values_get_the_types_of_their_settings(text: str, expected: dict[str, Any]) -> None:
    found = parse_settings(Plugin, text)
    assert found == expected
    assert {name: type(value) for name, value in found.items()} == {
        name: type(value) for name, value in expected.items()
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("steps=0", "steps must be at least 1, got 0"),
        ("steps=3.5", "steps must be a whole number, got '3.5'"),
        ("steps=3,", "steps must be a whole number, got '3,'"),
        ("sigma=six", "sigma must be a number, got 'six'"),
        ("sigma=nan", "sigma must be in [0, 5], got nan"),
        ("sigma=none", "sigma must be a number, got 'none'"),
        ("signed=yes", "signed must be true or false, got 'yes'"),
        ("norm=L1", "norm must be one of l1, l2; got 'L1'"),
        ("sigma=1,sigma=2", "sigma must be given once, got it again as '2'"),
        (
            "sgima=1",
            "unknown setting 'sgima'; known: steps, sigma, norm, signed, place, members, unit, width",
        ),
        ("smooth=yes", "smooth must be one of true, false, got 'yes'; it is width now"),
        ("smooth=true,width=1", "width must be given once, got it again as '1'"),
        ("unit=cm", "unit must be one of mm, voxel; got 'cm'"),
        ("3", "settings must be written name=value,name=value, got '3'"),
        (",steps=3", "settings must be written name=value,name=value, got ''"),
    ],
)
def test_wrong_texts_are_refused_with_name_rule_and_value(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        parse_settings(Plugin, text)


def test_a_plugin_without_settings_knows_none() -> None:
    with pytest.raises(ValueError, match="^unknown setting 'strength'; known: none$"):
        parse_settings(ANOMALIES["none"], "strength=0.3")


def test_only_what_differs_from_the_default_is_written() -> None:
    assert format_settings(Plugin()) == ""
    assert format_settings(Plugin(signed=True, sigma=0.1, place=0.0)) == "sigma=0.1,signed=true,place=0.0"
    numbers: dict[str, Any] = {"steps": np.int64(7), "sigma": np.float32(2.5)}
    assert format_settings(Plugin(**numbers)) == "steps=7,sigma=2.5"
    assert format_settings(Plugin(members="50%,steps=3")) == "members=50%25,steps%3D3"
    assert format_settings(Plugin(members="a:b=1,c-d:b=1")) == "members=a:b=1,c-d:b=1"


def test_what_was_renamed_is_written_as_it_is_now() -> None:
    renewed = Plugin(**parse_settings(Plugin, "smooth=true,unit=px"))
    assert format_settings(renewed) == "unit=voxel,width=3.0"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("sign=positive,smooth=true,tolerance=3", "sign=brighter,sigma=3,tolerance=3"),
        ("smooth=false", ""),
        ("form=squared,sign=both", "form=squared"),
    ],
)
def test_commands_of_old_mean_what_they_meant(old: str, new: str) -> None:
    plugin = PREDICTORS["reconstruction-error"]
    assert plugin(**parse_settings(plugin, old)) == plugin(**parse_settings(plugin, new))


def test_a_plugin_is_read_back_from_its_text() -> None:
    for text in (
        "intensity",
        "intensity:mode=dark,sigma=1.0",
        "ensemble:members=intensity:sigma=2,combination",
    ):
        assert plugin_text(PREDICTORS, plugin_from(PREDICTORS, text)) == text


def values_of(described: Setting) -> st.SearchStrategy[Any]:
    """Values that keep to a setting's rule."""
    if described.choices:
        return st.sampled_from(described.choices)
    if described.name == "painted":
        bits = st.lists(st.booleans(), min_size=CELLS, max_size=CELLS)
        return bits.map(lambda row: encode(np.outer(row[::-1], row)))
    if described.name == "members":
        names = [name for name in PREDICTORS.names() if not PREDICTORS[name].needs_calibration]
        names += ["intensity:mode=dark:sigma=0.5", "reconstruction-error:tolerance=2"]
        return st.lists(st.sampled_from(names), min_size=1).map(",".join)
    numbers = {
        int: st.integers(described.minimum, described.maximum),  # type: ignore[arg-type]
        float: st.floats(described.minimum, described.maximum, allow_nan=False, allow_infinity=False),
    }
    found = {bool: st.booleans(), str: st.text(), **numbers}[described.kind]
    return st.none() | found if described.optional else found


def instances(plugin: type[Any]) -> st.SearchStrategy[Any]:
    """Instances of a plug-in with any settings that it accepts together."""

    def made(settings: dict[str, Any]) -> Any:
        try:
            return plugin(**settings)
        except ValueError:
            assume(False)

    given_values = {described.name: values_of(described) for described in settings_of(plugin)}
    return st.fixed_dictionaries({}, optional=given_values).map(made)


@limits(deadline=None)
@given(plugin=instances(Plugin))
def test_any_text_survives(plugin: Plugin) -> None:
    assert Plugin(**parse_settings(Plugin, format_settings(plugin))) == plugin


@pytest.mark.parametrize(("kind", "name"), PLUGINS)
@limits(max_examples=30, deadline=None)
@given(data=st.data())
def test_what_is_written_is_read_back_to_every_digit(kind: str, name: str, data: st.DataObject) -> None:
    family = REGISTRIES[kind][name]
    plugin = data.draw(instances(family))
    text = format_settings(plugin)
    assert family(**parse_settings(family, text)) == plugin
    assert format_settings(family(**parse_settings(family, text))) == text
