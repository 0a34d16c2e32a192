"""JavaScript modules as one text, which is how Streamlit takes a component's script."""

from __future__ import annotations

import re
from pathlib import Path

IMPORT = re.compile(r'^import \{[^}]*\} from "(\.\.?/[\w./-]+\.js)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?!default)", re.MULTILINE)
NAME = re.compile(r"^(?:export )?(?:default )?(?:async )?(?:function|class|const|let) (\w+)", re.MULTILINE)


def bundled(entry: Path) -> str:
    """The module `entry` with all that it imports, each once, before those that need it.

    Modules import by name and relative path only (`import { a } from "./b.js"`), and share one scope in the
    end.

    Raises:
        ValueError: where two modules define the same name.
    """
    texts: dict[Path, str] = {}
    _collect(entry.resolve(), texts, ())
    owners: dict[str, str] = {}
    for module, text in texts.items():
        for name in NAME.findall(text):
            if name in owners:
                raise ValueError(
                    f"names must differ between modules, got {name} in {owners[name]} and {module.name}"
                )
            owners[name] = module.name
    return "\n".join(EXPORT.sub("", IMPORT.sub("", text)) for text in texts.values())


def _collect(path: Path, texts: dict[Path, str], above: tuple[str, ...]) -> None:
    if path in texts:
        return
    if path.name in above:
        raise ValueError(
            f"modules must not import each other in a circle, got {' -> '.join((*above, path.name))}"
        )
    text = path.read_text(encoding="utf-8")
    for needed in IMPORT.findall(text):
        _collect((path.parent / needed).resolve(), texts, (*above, path.name))
    texts[path] = text
