"""Presets: states of the page worth a look, each with a title and a sentence that its figures bear out.

A preset is a file of TOML in `presets/`; `state`, `compare` and `claims` are those of a lesson's step:

    title = "..."            # at most six words
    text = "..."             # one sentence, figures in braces
    state = { ... }
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from explorer.lessons.shown import Shown, check_length
from explorer.settings import from_table

FOLDER = Path(__file__).with_name("presets")
MOST_WORDS = 6
"""Of a title."""


@dataclass(frozen=True, kw_only=True)
class Preset(Shown):
    """A state of the page.

    Attributes:
        name: of its file.
        title: at most six words.
    """

    name: str
    title: str

    def __post_init__(self) -> None:
        super().__post_init__()
        check_length("title", self.title, MOST_WORDS)


@lru_cache(maxsize=1)
def presets() -> tuple[Preset, ...]:
    """All presets in their order, a typical lesion first; ValueError names the file and what is wrong."""
    return tuple(read_preset(path) for path in sorted(FOLDER.glob("*.toml")))


def read_preset(path: Path) -> Preset:
    """A preset from its file; ValueError names the file and what is wrong with it."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        return from_table(Preset, {**table, "name": path.stem.partition("-")[2]})
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValueError) as error:
        raise ValueError(f"preset {path.name}: {error}") from error
