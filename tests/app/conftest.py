"""Models that a test of the page may change."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.cards import catalogue
from explorer.looking import server


@pytest.fixture
def own_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with a copy of the smaller model, used instead of the shipped ones."""
    for path in catalogue.FOLDER.glob("beta-vae-fashion-mnist.*"):
        shutil.copy(path, tmp_path)
    monkeypatch.setattr(catalogue, "FOLDER", tmp_path)
    server.pretrained.cache_clear()
    yield tmp_path
    server.pretrained.cache_clear()
