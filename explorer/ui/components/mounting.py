"""Components of the browser, made of files, and what is handed to them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from explorer.ui.components.bundle import bundled


@cache
def component(folder: Path, name: str, script: str, *, isolated: bool = True, **files: str) -> Any:
    """A component from files of a folder: a module in `js`, and texts for `html` and `css`.

    Args:
        folder: holds the files.
        name: of the component.
        script: a file in the folder's `js`.
        isolated: whether neither its styles reach the page nor the page's styles it.
        files: by kind.
    """
    texts: dict[str, Any] = {
        kind: (folder / file).read_text(encoding="utf-8") for kind, file in files.items()
    }
    return st.components.v2.component(
        name, js=bundled(folder / "js" / script), isolate_styles=isolated, **texts
    )


def as_bytes(content: object) -> bytes:
    """What a component gets, as JSON text (UTF-8), objects as their attributes; bytes stay as they are.

    In a mapping Streamlit looks for tables, and imports pandas to know one: 0.6 s before the first picture.
    """
    return (
        content if isinstance(content, bytes) else json.dumps(content, allow_nan=False, default=vars).encode()
    )
