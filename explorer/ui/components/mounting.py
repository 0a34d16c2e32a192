"""Components of the browser, made of files, and how they are told what to show."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from explorer.ui.components.bundle import bundled

BASE = Path(__file__).parent / "base"


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
    texts: dict[str, Any] = texts_of(folder, isolated=isolated, **files)
    return st.components.v2.component(
        name, js=bundled(folder / "js" / script), isolate_styles=isolated, **texts
    )


def texts_of(folder: Path, *, isolated: bool = True, **files: str) -> dict[str, str]:
    """The texts of a component's files, by kind: `html` and `css`.

    What all isolated components look alike in, `base/base.css`, comes before the own styles of each.
    """
    texts = {kind: (folder / file).read_text(encoding="utf-8") for kind, file in files.items()}
    if isolated and "css" in texts:
        texts["css"] = (BASE / "base.css").read_text(encoding="utf-8") + texts["css"]
    return texts


def as_bytes(content: object) -> bytes:
    """What a component gets, as JSON text (UTF-8), objects as their attributes; bytes stay as they are.

    In a mapping Streamlit looks for tables, and imports pandas to know one: 0.6 s before the first picture.
    """
    return (
        content if isinstance(content, bytes) else json.dumps(content, allow_nan=False, default=vars).encode()
    )


@dataclass(frozen=True)
class Fed:
    """A component that is seen and never changes, so that Streamlit never touches its canvases again.

    What changes comes through components without a face ("feeds"), which hand it over as events. What a
    person did comes back as messages with a number; see `base/js/page/talk.js`.

    Attributes:
        folder: holds `KEY.html`, `KEY.css` and `js/main.js`.
        key: of the component on the page.
    """

    folder: Path
    key: str

    @property
    def name(self) -> str:
        """By which Streamlit knows it."""
        return f"explorer-{self.key}"

    def show(self, constants: Mapping[str, Any], moved: Callable[[Mapping[str, Any]], None]) -> None:
        """Put it on the page.

        Args:
            constants: what it needs to know once.
            moved: told, before the page runs again, what a person did; unchecked.
        """

        def callback() -> None:
            change = st.session_state[self.key].moved
            if isinstance(change, Mapping):
                st.session_state[self._heard] = whole(change.get("number"))
                moved(change)

        files = {"html": f"{self.key}.html", "css": f"{self.key}.css"}
        component(self.folder, self.name, "main.js", **files)(
            key=self.key, data=as_bytes(constants), on_moved_change=callback
        )

    def listen(self, told: Callable[[Mapping[str, Any]], None]) -> None:
        """Hear what it whispers, through a component without a face, in the fragment in which this is called.

        Unlike what is told by `show`, it ends no run of the page that is under way.

        Args:
            told: what a person did; unchecked.
        """
        key = f"{self.key}-ear"

        def callback() -> None:
            whispered = st.session_state[key].told
            if isinstance(whispered, Mapping):
                told(whispered)

        component(BASE, f"explorer-{key}", "page/ear.js")(key=key, data=as_bytes({}), on_told_change=callback)

    def feed(self, place: Any, key: str, content: bytes | Mapping[str, Any]) -> None:
        """Hand it a packet, or what the page says and which message was heard, at `place`, invisibly."""
        if not isinstance(content, bytes):
            content = {**content, "heard": self.heard}
        with place:
            hand_over = component(BASE, f"{self.name}-feed", "page/feed.js")
            hand_over(key=f"{self.key}-{key}", data=as_bytes(content))

    @property
    def heard(self) -> int:
        """The number of the message that came last, 0 before the first."""
        return int(st.session_state.get(self._heard, 0))

    @property
    def _heard(self) -> str:
        """Key of the session under which the number of the newest message is kept."""
        return f"{self.key}-heard"


def whole(number: object) -> int:
    """A whole number from the browser, 0 where it is none."""
    usable = isinstance(number, int | float) and not isinstance(number, bool) and math.isfinite(number)
    return int(number) if usable else 0  # type: ignore[call-overload]
