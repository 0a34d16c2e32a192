"""Texts from elsewhere on the page: what an address or an error says is shown, never interpreted."""

from __future__ import annotations

import re

from explorer.foreign import one_line


def plain(text: str) -> str:
    """Escape a text for Streamlit's Markdown, which would load pictures from any host that it names."""
    return re.sub(r"([\\`*_\[\]{}<>!$:~|#&])", r"\\\1", one_line(text))
