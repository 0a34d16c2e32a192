"""The command line as a whole: one line with exit code 2 for wrong input, help, and readers that go away."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from explorer.anomalies import ANOMALIES
from explorer.commands.main import COMMANDS
from explorer.commands.terminal import say
from explorer.datasets import DATASETS
from explorer.predictors import PREDICTORS
from explorer.settings import settings_of
from tests.support.commands import refusal, run, with_tiny_model

ROOT = Path(__file__).parents[2]
EVALUATE = "evaluate --dataset fashion-mnist --anomaly lesion --predictor intensity --slices 4 --device cpu"


@pytest.fixture(autouse=True)
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return with_tiny_model(tmp_path, monkeypatch)


@pytest.mark.parametrize("line", ["", "dance", "train"])
def test_wrong_commands(capsys: pytest.CaptureFixture[str], line: str) -> None:
    assert "--help" in refusal(capsys, line)


def test_an_unknown_dataset_to_download_is_told_those_that_there_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    message = refusal(capsys, "download imagenet")
    assert message.startswith("explorer: unknown dataset 'imagenet'; known: ")
    assert all(name in message for name in DATASETS.names())


def test_an_interruption_is_no_error(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("explorer.commands.evaluate.run_cohort", interrupt)
    assert run(EVALUATE) == 130
    assert capsys.readouterr().err == "explorer: stopped\n"


@pytest.mark.parametrize("command", [module.__name__.rpartition(".")[2] for module in COMMANDS])
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run(f"{command} --help")
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: python -m explorer {command} ")


@pytest.mark.parametrize("command", ["evaluate", "localize"])
def test_help_lists_the_settings_of_plugins(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run(f"{command} --help")
    shown = capsys.readouterr().out
    registries = (PREDICTORS, ANOMALIES) if command == "evaluate" else (PREDICTORS,)
    for registry in registries:
        for name in registry.names():
            assert f"\n  {name}\n" in f"{shown}\n"
            for one in settings_of(registry[name]):
                assert f"    {one.name}=" in shown and one.help in shown
    assert "tolerance=0..8 (default 0): pixels by which an edge may be misplaced" in shown


def test_a_reader_that_goes_away_is_no_failure() -> None:
    command = [sys.executable, "-m", "explorer", "list", "--json"]
    reader, writer = os.pipe()
    os.close(reader)
    try:
        ended = subprocess.run(command, cwd=ROOT, stdout=writer, stderr=subprocess.PIPE, timeout=120)
    finally:
        os.close(writer)
    assert (ended.returncode, ended.stderr) == (0, b"")


def test_letters_that_a_terminal_lacks_are_spelt_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with (tmp_path / "out").open("w", encoding="ascii") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        say("β \udcff")
    assert (tmp_path / "out").read_bytes() == b"\\u03b2 \\udcff\n"
