"""The command line as a whole: one line with exit code 2 for wrong input, help, and readers that go away."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tqdm import tqdm

from explorer.anomalies import ANOMALIES
from explorer.commands.main import COMMANDS
from explorer.commands.terminal import complain, lenient, say
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
    with (tmp_path / "out").open("w", encoding="cp437") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        monkeypatch.setattr(sys, "stderr", stream)
        with lenient():
            say("ß мозг \udcff")
            tqdm.write("мозг", file=sys.stderr)
    cyrillic = "мозг".encode("ascii", "backslashreplace")
    assert (tmp_path / "out").read_bytes() == b"\xe1 " + cyrillic + b" \\udcff\n" + cyrillic + b"\n"


@pytest.mark.parametrize("closed", [("stdout",), ("stderr",), ("stdout", "stderr")])
def test_work_goes_on_though_nobody_listens(closed: tuple[str, ...], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "explorer", *EVALUATE.split(), "--json", str(tmp_path / "figures.json")]
    reader, writer = os.pipe()
    os.close(reader)
    pipes = {name: writer if name in closed else subprocess.PIPE for name in ("stdout", "stderr")}
    ended = subprocess.run(command, cwd=ROOT, timeout=300, **pipes)  # type: ignore[call-overload]
    os.close(writer)
    assert ended.returncode == 0
    assert "auroc" in (tmp_path / "figures.json").read_text()
    said = (ended.stdout or b"") + (ended.stderr or b"")
    assert b"Exception" not in said and b"Errno" not in said


def test_a_stream_that_was_closed_before_is_no_failure() -> None:
    line = f"{sys.executable} -m explorer list >&- 2>&-"
    assert subprocess.run(["sh", "-c", line], cwd=ROOT, timeout=120).returncode == 0


def test_an_output_that_cannot_be_written_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with Path("/dev/full").open("w") as full:
        monkeypatch.setattr(sys, "stdout", full)
        assert run("list") == 0
    told = "explorer: the output cannot be written: No space left on device; the work goes on without it\n"
    assert capsys.readouterr().err == told


def test_messages_are_lines_without_control_characters(capsys: pytest.CaptureFixture[str]) -> None:
    complain("a\x1b[2J\nb")
    assert capsys.readouterr().err == "explorer: a [2J b\n"
