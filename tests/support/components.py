"""The JavaScript modules of the page's components."""

from __future__ import annotations

from pathlib import Path

from explorer.ui import components

COMPONENTS = Path(components.__file__).parent
MODULES = sorted(COMPONENTS.glob("*/js/**/*.js"))
ENTRIES = [path for path in MODULES if path.name in ("main.js", "feed.js", "ear.js", "ahead.js")]


def relative(path: Path) -> str:
    """A module's path within the components' folder."""
    return str(path.relative_to(COMPONENTS))
