"""The rooms of the page's JavaScript, read from its imports, those of types in comments included."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.components import COMPONENTS, MODULES, relative

NAMED = re.compile(r"""(?:from |import\()"(\.[^"]+)"\)?""")
"""Imports of modules, and of types: `import("./b.js").B`."""
ABOVE = {
    "model": {"model"},
    "painting": {"model", "painting"},
    "hands": {"model", "painting", "hands"},
    "page": {"", "page"},
}
"""Which rooms of its component a room may import; `page` is the base's: how page and components talk."""
MOST_FILES, MOST_LINES = 15, 250


def needed(path: Path) -> set[Path]:
    """Modules that a module names."""
    text = path.read_text(encoding="utf-8")
    return {(path.parent / name).resolve() for name in NAMED.findall(text)}


def component(path: Path) -> str:
    return path.relative_to(COMPONENTS).parts[0]


def room(path: Path) -> str:
    """The folder below `js` that a module stands in; empty for those that put the rooms together."""
    return path.relative_to(COMPONENTS / component(path) / "js").parent.as_posix().replace(".", "")


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_components_import_the_base_and_themselves_alone(path: Path) -> None:
    assert {component(one) for one in needed(path)} <= {"base", component(path)}


@pytest.mark.parametrize("path", [one for one in MODULES if room(one)], ids=relative)
def test_rooms_of_a_component_import_only_rooms_above(path: Path) -> None:
    inside = {room(one) for one in needed(path) if component(one) == component(path)}
    assert inside <= ABOVE[room(path)]


def test_viewer_and_planes_have_all_rooms() -> None:
    rooms = {"", "model", "painting", "hands"}
    for name in ("viewer", "planes"):
        assert {room(path) for path in MODULES if component(path) == name} == rooms


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_modules_stay_readable(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


def test_folders_stay_readable() -> None:
    folders = {path.parent for path in MODULES}
    assert {relative(one) for one in folders if len(list(one.glob("*.js"))) > MOST_FILES} == set()


def test_a_forbidden_import_is_seen(tmp_path: Path) -> None:
    module = tmp_path / "a.js"
    module.write_text(
        'import { b } from "./b.js";\nimport {\n  c,\n} from "../c.js";\n/** @type {import("./d.js").D} */\n'
    )
    assert needed(module) == {tmp_path / "b.js", tmp_path.parent / "c.js", tmp_path / "d.js"}
