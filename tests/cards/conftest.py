"""The files of a tiny model in a folder of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.tiny import NAME, save_tiny


@pytest.fixture
def card(tmp_path: Path) -> Path:
    """The path of its card."""
    save_tiny(tmp_path / "own")
    return tmp_path / "own" / f"{NAME}.toml"
