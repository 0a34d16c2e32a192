"""A machine that has no Fashion-MNIST but the carried sample."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.datasets.fashion_mnist import files


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without any of the files; returns the folder that $EXPLORER_DATA would be searched for."""
    monkeypatch.setattr(files, "DEBIAN", tmp_path / "debian")
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "data" / "fashion-mnist"
    folder.mkdir(parents=True)
    return folder
