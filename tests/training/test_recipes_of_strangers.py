"""Recipes that nobody would write: each is read, or answered in one line that names the file."""

from __future__ import annotations

import math
import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.models import MODELS
from explorer.training.loop import build_model, fingerprint
from explorer.training.network import check_network
from explorer.training.recipe import read_recipe
from tests.training.test_recipe import CODES, GOOD, SHIPPED

INPUTS = int(os.environ.get("EXPLORER_INPUTS", "60"))
"""Of each property; more where the variable says so."""
TEXTS = [path.read_text(encoding="utf-8") for path in SHIPPED] + [GOOD, CODES]

NUMBERS = st.one_of(
    st.integers(-3, 300),
    st.sampled_from([2**31, 2**63, 2**64, 10**400, -(2**64), 4096, 65536]),
    st.floats(),
    st.floats(0, 1),
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        NUMBERS, st.booleans(), st.text(max_size=20), st.just(datetime(2020, 1, 1, tzinfo=UTC)), st.just({})
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)


def places(table: dict[str, Any]) -> list[tuple[dict[str, Any], str]]:
    """Every key at every depth, with the table that it stands in."""
    found = [(table, key) for key in table]
    return found + [place for value in table.values() if isinstance(value, dict) for place in places(value)]


def judged(content: bytes) -> bool:
    """Whether a recipe is taken; if not, it must be refused in one line with the name of its file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "recipe.toml")
        path.write_bytes(content)
        try:
            recipe = read_recipe(path)
        except ValueError as error:
            assert str(path) in str(error) and str(error).isprintable(), str(error)
            assert len(str(error)) < 1500
            return False
    model = build_model(recipe)
    assert math.prod(next(model.parameters()).shape) > 0 and fingerprint(recipe)
    assert all(recipe.at(stage).steps >= 1 for stage in model.stages(recipe.training))
    return True


@settings(max_examples=INPUTS, deadline=None)
@given(st.sampled_from(TEXTS), st.data())
def test_values_of_any_kind(text: str, data: st.DataObject) -> None:
    import tomllib

    table = tomllib.loads(text)
    for _ in range(data.draw(st.integers(1, 3))):
        inside, key = data.draw(st.sampled_from(places(table)))
        action = data.draw(st.sampled_from(["change", "change", "change", "remove", "rename"]))
        value = inside.pop(key)
        if action == "change":
            inside[key] = data.draw(VALUES)
        elif action == "rename":
            inside[data.draw(st.text(max_size=8))] = value
        if not places(table):
            break
    judged(tomli_w.dumps(table).encode("utf-8", "surrogatepass"))


@settings(max_examples=INPUTS, deadline=None)
@given(st.sampled_from(TEXTS), st.data())
def test_bytes_that_are_damaged(text: str, data: st.DataObject) -> None:
    content = text.encode()
    start = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(start, min(start + 40, len(content))))
    judged(content[:start] + data.draw(st.binary(max_size=20)) + content[end:])


@settings(max_examples=INPUTS, deadline=None)
@given(st.sampled_from(MODELS.names()), st.data())
def test_sizes_of_networks(kind: str, data: st.DataObject) -> None:
    table = dict(MODELS[kind].example)
    for key in data.draw(st.lists(st.sampled_from(sorted(table)), min_size=1, max_size=3)):
        table[key] = data.draw(st.one_of(NUMBERS, st.lists(NUMBERS, max_size=20), VALUES))
    try:
        checked = check_network(MODELS[kind], table)
    except ValueError as error:
        assert len(str(error).splitlines()) == 1
    else:
        MODELS[kind](**checked)


def test_nesting_without_end_is_refused() -> None:
    assert not judged(b"name = " + b"[" * 5000)
    assert judged(GOOD.encode())
