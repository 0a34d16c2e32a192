"""A component in one HTML file, which a browser opens without a server and without a network.

The file holds the component's own script, styles and elements as the page has them, and what the component
was told; `js/main.js` takes the page's place. A content policy lets no other script run and nothing be
fetched.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from explorer import NOTICE
from explorer.templates import render
from explorer.ui.components.bundle import bundled
from explorer.ui.components.mounting import BASE, Fed, as_bytes, texts_of

HERE = Path(__file__).parent


@dataclass(frozen=True)
class About:
    """The words around the component; they may come from anywhere and are shown as they are.

    Attributes:
        title: of the file.
        summary: a sentence below it.
        facts: terms, and what is said of each.
        texts: headings, and longer texts that are folded.
    """

    title: str
    summary: str
    facts: Sequence[tuple[str, str]]
    texts: Sequence[tuple[str, str]] = ()


def alone(
    fed: Fed,
    constants: Mapping[str, Any],
    settings: Mapping[str, Any],
    packets: Iterable[bytes],
    about: About,
) -> str:
    """The file of a component.

    Args:
        fed: the component.
        constants: what it needs to know once.
        settings: what the page's controls say.
        packets: what else it is fed with.
        about: what is said around it.
    """
    script = script_of(fed.folder)
    texts = texts_of(fed.folder, html=f"{fed.key}.html", css=f"{fed.key}.css")
    return render(
        HERE / "alone.html",
        about=about,
        notice=NOTICE,
        policy=policy(script),
        page_style=_inside("style", (HERE / "alone.css").read_text(encoding="utf-8")),
        name=fed.name,
        style=_inside("style", texts["css"]),
        elements=_inside("template", texts["html"]),
        told=[base64.b64encode(as_bytes(one)).decode() for one in (constants, settings, *packets)],
        script=_inside("script", script),
    )


def script_of(folder: Path) -> str:
    """The script of a file: the component's, its feed's and the page's, and the call that begins all."""
    mains = (folder / "js" / "main.js", BASE / "js" / "page" / "feed.js", HERE / "js" / "main.js")
    names = ("component", "feed", "page")
    parts = [f"const {name} = {_called(main)};\n" for name, main in zip(names, mains, strict=True)]
    return "\n" + "".join(parts) + "page(component, feed);\n"


def policy(script: str) -> str:
    """What a browser may do with the file: run this script, and fetch nothing from anywhere."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; "
        "base-uri 'none'; form-action 'none'"
    )


def _called(main: Path) -> str:
    """A module with all that it imports as an expression, whose value is its default export."""
    before, _, default = bundled(main).rpartition("\nexport default ")
    return f"(() => {{\n{before}\nreturn {default}}})()"


def _inside(element: str, text: str) -> Markup:
    """A text of ours that stands in an element as it is."""
    assert f"</{element}" not in text.lower() and "<!--" not in text, f"a text would end its {element}"
    return Markup(text)
