"""The planes: a scan in three linked cuts beside what the network sees, drawn in the browser."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from explorer.ui.components.mounting import Fed
from explorer.wire.colour import encoded_table

CONSTANTS = {"tables": {name: encoded_table(name) for name in ("grey", "score")}}
_PLANES = Fed(Path(__file__).parent, "planes")


def show(moved: Callable[[Mapping[str, Any]], None]) -> None:
    """Put the planes on the page.

    Args:
        moved: told, before the page runs again, what a person did: `threshold`, a score, `slice`, of which
            all maps are wanted, or `radiological`, whether R is to be on the left; unchecked.
    """
    _PLANES.show(CONSTANTS, moved)


def feed(place: Any, key: str, content: bytes | Mapping[str, Any]) -> None:
    """Hand a packet or the page's settings to the planes, through an invisible component at `place`."""
    _PLANES.feed(place, key, content)
