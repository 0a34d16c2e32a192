"""The viewer's script is whole, and what the browser says is checked before it reaches a control."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.ui.components.bundle import bundled
from explorer.ui.components.viewer import CONSTANTS, FOLDER, whole


@pytest.mark.parametrize("entry", ["main.js", "feed.js", "watch.js"])
def test_modules_become_one_without_imports(entry: str) -> None:
    text = bundled(FOLDER / "js" / entry)
    assert text.count("export default function") == 1
    assert "import {" not in text and "\nexport " not in text.replace("\nexport default", "")


def test_every_module_is_part_of_the_viewer() -> None:
    text = bundled(FOLDER / "js" / "main.js") + bundled(FOLDER / "js" / "feed.js")
    for path in (FOLDER / "js").glob("*.js"):
        first = path.read_text(encoding="utf-8").splitlines()[0]
        assert first in text or path.name == "watch.js", path.name


def test_what_is_needed_comes_first_and_once(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text('import { b } from "./b.js";\nimport { c } from "./c.js";\nuse(b, c);\n')
    (tmp_path / "b.js").write_text('import { c } from "./c.js";\nexport const b = c;\n')
    (tmp_path / "c.js").write_text("export const c = 1;\n")
    assert bundled(tmp_path / "a.js").split() == [
        "const",
        "c",
        "=",
        "1;",
        "const",
        "b",
        "=",
        "c;",
        "use(b,",
        "c);",
    ]


def test_names_that_two_modules_define_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text('import { b } from "./b.js";\nconst same = b;\n')
    (tmp_path / "b.js").write_text("export const b = 1;\nconst same = 2;\n")
    with pytest.raises(ValueError, match="got same in b.js and a.js"):
        bundled(tmp_path / "a.js")


def test_a_circle_of_modules_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text('import { b } from "./b.js";\n')
    (tmp_path / "b.js").write_text('import { a } from "./a.js";\n')
    with pytest.raises(ValueError, match="a.js -> b.js -> a.js"):
        bundled(tmp_path / "a.js")


def test_colours_go_to_the_browser_as_768_bytes_each() -> None:
    assert {len(text) for text in CONSTANTS["tables"].values()} == {1024}


@pytest.mark.parametrize(
    ("said", "taken"), [(3, 3), (3.0, 3), ("3", 0), (None, 0), (True, 0), (float("nan"), 0)]
)
def test_numbers_from_the_browser_are_checked(said: object, taken: int) -> None:
    assert whole(said) == taken
