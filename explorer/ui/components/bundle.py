"""JavaScript modules as one text, which is how Streamlit takes a component's script."""

from __future__ import annotations

import re
from pathlib import Path

IMPORT = re.compile(r'^import \{([^}]*)\} from "(\.\.?/[\w./-]+\.js)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const) (\w+))", re.MULTILINE)
DEFAULT = re.compile(r"^export default\b.*", re.MULTILINE)
LEFT = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)
"""Imports and exports in any other form."""
COMMENT = re.compile(r"^[ \t]*/\*\*(?:(?!\*/).)*\*/[ \t]*\n", re.MULTILINE | re.DOTALL)


def bundled(entry: Path) -> str:
    """The module `entry` with all that it imports, each once, before those that need it.

    Every module but the last becomes a function that is called at once and returns what the module exports,
    so that two of them may use the same name. They import by name and relative path (`import { a } from
    "./b.js";`), and export functions, classes and constants where these are defined; `entry` alone has a
    default export. Comments on lines of their own are left out: the script travels with every component.

    Raises:
        ValueError: where a module imports or exports otherwise, or modules import each other in a circle.
    """
    texts: dict[Path, str] = {}
    _collect(entry.resolve(), texts, ())
    names = {path: f"module{number}" for number, path in enumerate(texts)}
    parts = []
    for path, text in texts.items():
        taken = "".join(
            f"const {{{what}}} = {names[(path.parent / needed).resolve()]};\n"
            for what, needed in IMPORT.findall(text)
        )
        body = taken + EXPORT.sub("", IMPORT.sub("", COMMENT.sub("", text)))
        is_last = path == entry.resolve()
        left = LEFT.search(DEFAULT.sub("", body) if is_last else body)
        if left:
            raise ValueError(f"modules must import and export by name, got {left[0]!r} in {path.name}")
        given = f"return {{ {', '.join(EXPORT.findall(text))} }};"
        parts.append(body if is_last else f"const {names[path]} = (() => {{\n{body}{given}\n}})();\n")
    return "\n".join(parts)


def imports(path: Path) -> list[Path]:
    """The modules that a module imports."""
    found = IMPORT.findall(path.read_text(encoding="utf-8"))
    return [(path.parent / needed).resolve() for _, needed in found]


def _collect(path: Path, texts: dict[Path, str], above: tuple[Path, ...]) -> None:
    if path in texts:
        return
    if path in above:
        circle = " -> ".join(one.name for one in (*above, path))
        raise ValueError(f"modules must not import each other in a circle, got {circle}")
    for needed in imports(path):
        _collect(needed, texts, (*above, path))
    texts[path] = path.read_text(encoding="utf-8")
