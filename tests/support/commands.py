"""Commands as a person gives them, and a folder of models to give them on."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.cards import catalogue
from explorer.commands.main import main
from tests.support.tiny import save_tiny, without_published_files


def run(line: str, *more: str) -> int:
    return main([*line.split(), *more])


def refusal(capsys: pytest.CaptureFixture[str], line: str, *more: str) -> str:
    """The one line on standard error that answers wrong input."""
    assert run(line, *more) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    assert printed.err.startswith("explorer: ")
    return printed.err


def with_tiny_model(folder: Path, patch: pytest.MonkeyPatch) -> Path:
    """Work in `folder`, with the tiny model as the only one and no published files of Fashion-MNIST."""
    models = folder / "pretrained"
    save_tiny(models)
    patch.setattr(catalogue, "FOLDER", models)
    (folder / "empty").mkdir()
    without_published_files(patch, folder / "empty")
    patch.chdir(folder)
    return models
