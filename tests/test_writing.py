"""Files are there whole or not at all, whatever stops the run that writes them."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from explorer.locks import alone
from explorer.writing import check_room, repair, whole, write_whole

BEFORE = {"a.json": "old", "a.nii": "old"}
AFTER = {"a.json": "new", "a.nii": "new"}


def content(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() if path.is_file() else "a folder" for path in folder.iterdir()}


def write_both(folder: Path) -> None:
    """A record and a map, the record last."""
    with whole(folder / "a.json") as partial:
        for name, text in AFTER.items():
            (partial / name).write_text(text)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in BEFORE.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def killed(folder: Path, function: str, count: int) -> None:
    """Write in a process that is killed at the `count`-th call of a function of the module `os`."""
    script = f"""
import os, signal
from pathlib import Path
from tests.test_writing import write_both
plain, left = os.{function}, {count}
def stops(*given, **named):
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
    return plain(*given, **named)
os.{function} = stops
write_both(Path({str(folder)!r}))
"""
    ended = subprocess.run([sys.executable, "-c", script], cwd=Path(__file__).parents[1], timeout=120)
    assert ended.returncode == -signal.SIGKILL


def test_files_that_belong_together_take_their_places_at_once(folder: Path) -> None:
    write_both(folder)
    assert content(folder) == AFTER


@pytest.mark.parametrize(
    ("function", "count", "repaired"),
    [("fsync", 1, BEFORE), ("fsync", 2, BEFORE), ("rename", 1, BEFORE), ("replace", 1, AFTER)]
    + [("replace", 2, AFTER), ("rmdir", 1, AFTER)],
)
def test_what_a_killed_run_left_is_repaired_by_the_next(
    folder: Path, function: str, count: int, repaired: dict[str, str]
) -> None:
    killed(folder, function, count)
    assert len(content(folder)) == 3
    assert function == "rmdir" or content(folder).get("a.json") == "old"  # the last to change
    with alone(folder / "a.json"):
        assert {name: text for name, text in content(folder).items() if name in AFTER} == repaired
    assert content(folder) == repaired


def test_only_the_own_place_is_repaired(tmp_path: Path) -> None:
    for name in (".a.nii.gz.abcdefgh.partial", ".a.json.abcdefgh.partial", "a.nii.abcdefgh.partial"):
        (tmp_path / name).mkdir()
    repair(tmp_path / "a.nii")
    assert len(content(tmp_path)) == 3
    repair(tmp_path / "a.nii.gz")
    assert len(content(tmp_path)) == 2


@pytest.mark.parametrize("stopped", [KeyboardInterrupt(), ValueError("no"), OSError(errno.ENOSPC, "full")])
def test_an_error_leaves_what_was_there(folder: Path, stopped: BaseException) -> None:
    with pytest.raises(type(stopped)), whole(folder / "a.json") as partial:
        (partial / "a.nii").write_text("new")
        raise stopped
    assert content(folder) == BEFORE


def test_a_full_disk_is_named_with_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match=r"a\.json: cannot be written \(No space left on device\); make"):
        write_whole(folder / "a.json", b"new")
    assert content(folder) == BEFORE


def test_an_error_about_another_file_is_told_as_it_is(folder: Path) -> None:
    with pytest.raises(FileNotFoundError, match="No such file or directory: '.*none'"), whole(folder / "a"):
        (folder / "none").read_bytes()


def test_two_writers_at_once_do_not_meet(folder: Path) -> None:
    with whole(folder / "a.json") as first, whole(folder / "a.json") as second:
        (first / "a.json").write_text("first")
        (second / "a.json").write_text("second")
    assert content(folder) == {**BEFORE, "a.json": "first"}


def test_a_link_is_followed_and_a_pipe_written_to(folder: Path) -> None:
    (folder / "link").symlink_to("a.json")
    write_whole(folder / "link", b"new")
    assert (folder / "link").is_symlink() and (folder / "a.json").read_text() == "new"
    write_whole(Path(os.devnull), b"new")
    assert Path(os.devnull).is_char_device()


def test_new_files_can_be_read_by_whom_the_umask_lets(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    write_whole(tmp_path / "whole", b"")
    assert (tmp_path / "whole").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_room_is_looked_for_before_long_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check_room(tmp_path / "a", 1000)
    usage: Any = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=3_000_000))
    with pytest.raises(ValueError, match="a takes 4 MB, and 3 are free there; make room, or name another"):
        check_room(tmp_path / "a", 4_000_000)
