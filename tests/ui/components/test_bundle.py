"""A component's script is whole: modules become one text, run in order, each with names of its own."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from explorer.ui.components.bundle import bundled, imports
from tests.support.components import COMPONENTS, ENTRIES, MODULES, relative


def written(folder: Path, **modules: str) -> Path:
    """Modules of these names in a folder; the path of the first."""
    for name, text in modules.items():
        (folder / f"{name}.js").write_text(text, encoding="utf-8")
    return folder / f"{next(iter(modules))}.js"


@pytest.mark.parametrize("entry", ENTRIES, ids=relative)
def test_modules_become_one_without_imports(entry: Path) -> None:
    text = bundled(entry)
    assert text.count("\nexport default ") == 1
    assert "\nimport " not in text and "\nexport " not in text.replace("\nexport default ", "")


def test_every_module_is_part_of_a_component() -> None:
    found: set[Path] = set()
    left = [entry.resolve() for entry in ENTRIES]
    while left:
        path = left.pop()
        found.add(path)
        left += [needed for needed in imports(path) if needed not in found]
    assert found == {path.resolve() for path in MODULES}


def test_what_is_needed_comes_first_and_once(tmp_path: Path) -> None:
    entry = written(
        tmp_path,
        a='import { b } from "./b.js";\nimport { c } from "./c.js";\nexport default use(b, c);\n',
        b='import { c } from "./c.js";\nexport const b = c;\n',
        c="export const c = 1;\n",
    )
    lines = [line for line in bundled(entry).splitlines() if line]
    assert lines == [
        *("const module0 = (() => {", "const c = 1;", "return { c };", "})();"),
        *("const module1 = (() => {", "const { c } = module0;", "const b = c;", "return { b };", "})();"),
        *("const { b } = module1;", "const { c } = module0;", "export default use(b, c);"),
    ]


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node")
def test_modules_may_use_the_same_names(tmp_path: Path) -> None:
    entry = written(
        tmp_path,
        a='import { b, B } from "./b.js";\n/** Ours.\n * @type {string} */\nconst same = "a";\n'
        "console.log(same + b() + new B().c);\nexport default same;\n",
        b='const same = "b";\nexport function b() {\n  return same;\n}\nexport class B {\n  c = "c";\n}\n',
    )
    text = bundled(entry)
    assert "Ours" not in text and "@type" not in text
    (tmp_path / "one.mjs").write_text(text, encoding="utf-8")
    assert subprocess.check_output(["node", tmp_path / "one.mjs"], text=True) == "abc\n"


@pytest.mark.parametrize(
    "line",
    [
        'import * as b from "./b.js";',
        'import b from "./b.js";',
        'export { c } from "./b.js";',
        "export let c = 1;",
        "export { c };",
    ],
)
def test_other_forms_of_import_and_export_are_refused(tmp_path: Path, line: str) -> None:
    entry = written(tmp_path, a=f"const c = 1;\n{line}\n", b="export const b = 1;\n")
    with pytest.raises(ValueError, match="by name, got .* in a.js"):
        bundled(entry)


def test_a_default_export_belongs_to_the_entry_alone(tmp_path: Path) -> None:
    entry = written(tmp_path, a='import { b } from "./b.js";\n', b="export const b = 1;\nexport default b;\n")
    with pytest.raises(ValueError, match="got 'export default b;' in b.js"):
        bundled(entry)


def test_a_circle_of_modules_is_refused(tmp_path: Path) -> None:
    entry = written(tmp_path, a='import { b } from "./b.js";\n', b='import { a } from "./a.js";\n')
    with pytest.raises(ValueError, match="a.js -> b.js -> a.js"):
        bundled(entry)


def test_components_stand_in_their_folders() -> None:
    assert {entry.relative_to(COMPONENTS).parts[0] for entry in ENTRIES} >= {"viewer", "planes", "player"}
