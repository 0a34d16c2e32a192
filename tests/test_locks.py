"""One run at a time at a place; the second is told who the first is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from explorer.locks import alone

HOLDS = """
import sys, time
from pathlib import Path
from explorer.locks import alone
with alone(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(120)
"""


def holder(path: Path) -> subprocess.Popen[str]:
    """A process that holds a place."""
    command = [sys.executable, "-c", HOLDS, str(path), "train", "a\x1b\n.toml"]
    made = subprocess.Popen(command, cwd=Path(__file__).parents[1], stdout=subprocess.PIPE, text=True)
    assert made.stdout is not None and made.stdout.readline() == "held\n"
    return made


def test_the_other_run_is_named_and_its_end_frees_the_place(tmp_path: Path) -> None:
    place = tmp_path / "a.json"
    with holder(place) as other:
        told = rf"a.json is being written by another run \(process {other.pid} on .* since 20.*train a"
        with pytest.raises(ValueError, match=told) as caught, alone(place):
            pytest.fail("two runs at one place")
        assert "wait until it ends, or name another place" in str(caught.value)
        with alone(tmp_path / "b.json"):
            pass
        other.send_signal(signal.SIGKILL)
        other.wait()
    with alone(place):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_place_is_held_within_one_process_too(tmp_path: Path) -> None:
    with (
        alone(tmp_path / "a"),
        pytest.raises(ValueError, match=f"process {os.getpid()} on"),
        alone(tmp_path / "a"),
    ):
        pytest.fail("two runs at one place")


def test_an_error_frees_the_place(tmp_path: Path) -> None:
    with pytest.raises(KeyError), alone(tmp_path / "a"):
        raise KeyError
    with alone(tmp_path / "a"):
        assert len(list(tmp_path.iterdir())) == 1


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with (
        pytest.raises(ValueError, match="none/a: .* its folder is not there; create it first"),
        alone(tmp_path / "none" / "a"),
    ):
        pytest.fail("no folder")
