"""Whether the tests notice small changes to the code: a sample of mutants, each against its own room's tests.

    python -m tests.benchmarks.mutation [--count 300] [--seed 0] [--room evaluation ...] [--jobs 2]

The project is copied once, and no file is changed: a mutant lives in the memory of a forked process, which
imports it in place of the file. So the working tree may be worked on meanwhile. Each worker imports torch and
pytest once and forks for each mutant. The tests of the changed module come first, and the first that fails
ends the run; killed is also what runs out of time or memory. Prints the figures of each room and the
survivors; exits with 1 where less than 85 % are killed, with 2 where tests fail without any change.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from multiprocessing import get_context
from pathlib import Path
from types import CodeType
from typing import Any

import pytest
from tqdm import tqdm

from tests.support.mutants import Mutant, mutants

ROOT = Path(__file__).parents[2]
COPIED = ("explorer", "pretrained", "tests", "app.py", "pyproject.toml")
ROOMS = {
    "evaluation": "evaluation/*.py",
    "evidence": "evidence/*.py",
    "predictors": "predictors/**/*.py",
    "training": "training/*.py",
    "models": "models/**/objective*.py",
    "scans/finding": "scans/finding/*.py",
}
"""Folders of tests, which are those of the rooms, and the files that are changed."""

SHARED = (
    "hypothesis",
    "nibabel",
    "pandas",
    "scipy.ndimage",
    "sklearn.metrics",
    "streamlit.testing.v1",
    "torch",
)
"""What takes long to import and is not changed."""

PLUGINS = ("_hypothesis_pytestplugin", "no:cacheprovider", "no:unraisableexception", "no:threadexception")
"""Of pytest: no others are needed, and these take a second a run."""

TARGET = 0.85
SECONDS, TIMES = 20.0, 5.0
"""A mutant may take these seconds and this many times what the room's tests take without a change."""

MEMORY = 2**33
KILLED, OUT_OF_TIME, SURVIVED = "killed", "out of time", "survived"


@dataclass(frozen=True)
class Task:
    """A run of a room's tests, without a change where `mutant` is None."""

    room: str
    limit: float
    mutant: Mutant | None = None


@dataclass(frozen=True)
class Outcome:
    """How a run ended, and after how many seconds."""

    task: Task
    result: str
    seconds: float


def main() -> int:
    """Print the table; the exit code says whether enough were killed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--room", action="append", choices=list(ROOMS))
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    rooms = arguments.room or list(ROOMS)
    with tempfile.TemporaryDirectory() as folder:
        copy = copied(Path(folder))
        chosen = sample(copy, rooms, arguments.count, arguments.seed)
        context = get_context("spawn")
        with ProcessPoolExecutor(arguments.jobs, context, initializer=prepare, initargs=(copy,)) as pool:
            plain = list(pool.map(run, [Task(room, 600.0) for room in rooms]))
            if failed := [one.task.room for one in plain if one.result != SURVIVED]:
                print(f"tests fail without any change: {', '.join(failed)}", file=sys.stderr)
                return 2
            limits = {one.task.room: SECONDS + TIMES * one.seconds for one in plain}
            tasks = [Task(room, limits[room], mutant) for room, mutant in chosen]
            outcomes = []
            for outcome in tqdm(pool.map(run, tasks), total=len(tasks), unit="mutant", disable=None):
                outcomes.append(outcome)
                if outcome.result == SURVIVED:
                    tqdm.write(survivor(copy, outcome.task))
        print(table(outcomes))
        return int(score(outcomes) < TARGET)


def copied(folder: Path) -> Path:
    """A copy of the project as it is now."""
    for name in COPIED:
        source, ignored = ROOT / name, shutil.ignore_patterns("__pycache__", "browser", ".hypothesis")
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=ignored)
        else:
            shutil.copy(source, folder / name)
    return folder


def sample(root: Path, rooms: Sequence[str], count: int, seed: int) -> list[tuple[str, Mutant]]:
    """Mutants with their rooms, drawn without repetition, in the order of the files."""
    every = [
        (room, mutant)
        for room in rooms
        for path in sorted((root / "explorer").glob(ROOMS[room]))
        for mutant in mutants(str(path.relative_to(root)), path.read_bytes())
    ]
    places = random.Random(seed).sample(range(len(every)), min(count, len(every)))
    return [every[place] for place in sorted(places)]


def prepare(copy: Path) -> None:
    """Make a worker: from the copy, with all imported that no mutant changes."""
    os.chdir(copy)
    sys.path[:] = [str(copy), *(path for path in sys.path if path not in ("", str(ROOT)))]
    os.environ["OMP_NUM_THREADS"] = "1"
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    for name in SHARED:
        importlib.import_module(name)
    sys.dont_write_bytecode = False  # in the copy: else every process compiles everything
    gc.freeze()


def run(task: Task) -> Outcome:
    """Run a room's tests in a process of their own."""
    began = time.monotonic()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.setpgid(0, 0)
            resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
            code = tests_of(task)
        finally:
            os._exit(code)  # nothing may return into the worker's loop from here
    while time.monotonic() - began < task.limit:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            code = os.waitstatus_to_exitcode(status)
            return Outcome(task, SURVIVED if code == 0 else KILLED, time.monotonic() - began)
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return Outcome(task, OUT_OF_TIME, time.monotonic() - began)


def tests_of(task: Task) -> int:
    """The exit code of pytest: 0 where nothing was noticed."""
    if task.mutant is None:
        os.dup2(2, 1)  # why tests fail should be seen, but the table stands alone
    else:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
    where = [str(path) for path in (f"tests/{task.room}", f"explorer/{task.room}") if os.path.isdir(path)]
    options = ["-x", "-q", "--tb=short", "--hypothesis-seed=0", *(f"-p{plugin}" for plugin in PLUGINS)]
    first = ""
    if task.mutant is not None:
        first = Path(task.mutant.path).stem
        put_in_place(task.mutant)
    return int(pytest.main([*options, *where], plugins=[First(first)]))


def put_in_place(mutant: Mutant) -> None:
    """From now on, importing the mutant's file gives the mutant."""
    path = os.path.abspath(mutant.path)
    changed = mutant.applied(Path(path).read_bytes())
    code_of = SourceFileLoader.get_code

    def get_code(self: Any, fullname: str) -> CodeType | None:
        if os.path.abspath(self.path) == path:
            return compile(changed, path, "exec", dont_inherit=True)
        return code_of(self, fullname)

    SourceFileLoader.get_code = get_code  # type: ignore[method-assign]


class First:
    """A plug-in of pytest that begins with the tests of one module."""

    def __init__(self, module: str) -> None:
        self.names = (f"{module}.py", f"test_{module}.py")

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        """Put them in front; the others keep their order."""
        items.sort(key=lambda item: item.path.name not in self.names)


def survivor(root: Path, task: Task) -> str:
    """Where a mutant is, and its lines before and after."""
    assert task.mutant is not None
    source = (root / task.mutant.path).read_bytes()
    return (
        f"{task.mutant.path}:{task.mutant.line}\n"
        f"  - {task.mutant.before(source)}\n  + {task.mutant.after(source)}\n"
    )


def score(outcomes: Sequence[Outcome]) -> float:
    """The share that was killed."""
    return sum(one.result != SURVIVED for one in outcomes) / max(len(outcomes), 1)


def table(outcomes: Sequence[Outcome]) -> str:
    """The figures of each room and of all."""
    parts = {room: [one for one in outcomes if one.task.room == room] for room in ROOMS}
    lines = [f"{'room':<16}{'mutants':>9}{'killed':>9}{'(time)':>9}{'survived':>10}{'score':>9}"]
    for name, part in [*((room, part) for room, part in parts.items() if part), ("all", list(outcomes))]:
        alive = sum(one.result == SURVIVED for one in part)
        late = sum(one.result == OUT_OF_TIME for one in part)
        lines.append(
            f"{name:<16}{len(part):>9}{len(part) - alive:>9}{late:>9}{alive:>10}{100 * score(part):>7.1f} %"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
