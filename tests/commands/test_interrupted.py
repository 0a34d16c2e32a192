"""Commands that meet another run, a full disk, or what a killed run left."""

from __future__ import annotations

import errno
import io
import json
import os
from pathlib import Path
from typing import Any

import pytest

from explorer.commands import localize
from explorer.locks import alone
from explorer.scans.writing import export
from tests.support.commands import refusal, run
from tests.support.heads import LOCALIZE, NAME, with_head

OTHER = f"is being written by another run (process {os.getpid()} on "


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return with_head(tmp_path, monkeypatch)


class Full(io.RawIOBase):
    """A disk without room."""

    def write(self, _: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def full(path: Path, *_: object, **__: object) -> Any:
    path.touch()
    return Full().write(b"")


def maps() -> dict[str, str]:
    return {path.name: path.read_text() for path in Path().iterdir() if "map" in path.name}


def test_two_localizations_into_one_file(capsys: pytest.CaptureFixture[str]) -> None:
    with alone(Path("map.json")):
        assert f"map.json {OTHER}" in refusal(capsys, LOCALIZE)
        Path("scans").mkdir()
        Path("head.nii").rename("scans/map.nii")
        line = "localize scans --predictor intensity --output . --device cpu"
        assert f"map.json {OTHER}" in refusal(capsys, line)


def test_two_calibrations_into_one_file(capsys: pytest.CaptureFixture[str]) -> None:
    Path("scans").mkdir()
    line = f"calibrate {NAME} --scans scans --output a.healthy.safetensors --device cpu"
    Path("head.nii").rename("scans/head.nii")
    with alone(Path("a.healthy.safetensors")):
        assert f"a.healthy.safetensors {OTHER}" in refusal(capsys, line)
    with alone(Path("pretrained", f"{NAME}.toml")):
        assert f"{NAME}.toml {OTHER}" in refusal(capsys, f"calibrate {NAME} --folder pretrained")


@pytest.mark.parametrize("target", ["write_bytes", "write_text"])
def test_a_full_disk_is_named_and_leaves_nothing(
    target: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Path, target, full)
        assert run(LOCALIZE) == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert last == (
        "explorer: map.json: cannot be written (No space left on device); make room, or name another place"
    )
    assert maps() == {}


def test_overwriting_that_fails_keeps_map_record_and_page_of_before(monkeypatch: pytest.MonkeyPatch) -> None:
    before = {"map.json": "old", "map.html": "old", "map.nii.gz": "old"}
    for name, text in before.items():
        Path(name).write_text(text)
    with monkeypatch.context() as patch:
        patch.setattr(export, "map_bytes", lambda *_: full(Path("map.partial")))
        assert run(f"{LOCALIZE} --overwrite --report") == 2
    Path("map.partial").unlink()
    assert maps() == before


def test_what_a_killed_run_left_is_repaired_before_it_is_judged(capsys: pytest.CaptureFixture[str]) -> None:
    Path(".map.json.abcdefgh.partial").mkdir()
    assert run(LOCALIZE) == 0
    assert sorted(path.name for path in Path().glob("*map*")) == ["map.json", "map.nii.gz"]
    record = json.loads(Path("map.json").read_text())
    Path(".map.json.abcdefgh.complete").mkdir()
    Path("map.json").rename(".map.json.abcdefgh.complete/map.json")  # killed between the two
    capsys.readouterr()
    assert "map.nii.gz: is there already" in refusal(capsys, LOCALIZE)
    assert json.loads(Path("map.json").read_text()) == record
    assert not list(Path().glob(".map*"))


def test_a_page_is_written_with_its_map(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def page(*_: object) -> str:
        seen.append(sorted(path.name for path in Path().glob("map*")))
        return "page"

    monkeypatch.setattr(localize, "report_html", page)
    assert run(f"{LOCALIZE} --report") == 0
    assert seen == [[]] and Path("map.html").read_text() == "page"
