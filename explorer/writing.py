"""Files written whole or not at all, those that belong together at once.

They are filled in a folder beside their place, `.NAME.????????.partial`. When all of them are on the disk
it is renamed to `.NAME.????????.complete`, and they move to their places. A run that is killed before that
leaves what was there as it was, one that is killed after it a move that `repair` ends.
"""

from __future__ import annotations

import glob
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PARTIAL, COMPLETE = ".partial", ".complete"


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A new folder to fill with `path` and what belongs to it, under their names; each then takes its place.

    The file `path` takes its own last, so that where it is new, the others are, too.

    Raises:
        OSError: naming `path`, where the disk is full or cannot be written; nothing of it stays.
    """
    with _named(path):
        partial = Path(tempfile.mkdtemp(PARTIAL, f".{path.name}.", path.parent))
        try:
            yield partial
            for file in partial.iterdir():
                with file.open("rb+") as stream:
                    os.fsync(stream.fileno())
            complete = partial.rename(partial.with_suffix(COMPLETE))
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise
        _move(complete, path)


def write_whole(path: Path, content: bytes) -> None:
    """Write one file whole or not at all; a link is followed, a device or a pipe simply written to.

    Raises:
        OSError: naming `path`.
    """
    if path.exists() and not path.is_file():
        path.write_bytes(content)
        return
    path = path.resolve()
    with whole(path) as partial:
        (partial / path.name).write_bytes(content)


def check_room(path: Path, size: int) -> None:
    """Raise ValueError where the disk lacks room for `size` bytes at `path`, before long work for them."""
    if (free := shutil.disk_usage(path.parent).free) < size:
        raise ValueError(
            f"{path} takes {size / 1e6:,.0f} MB, and {free / 1e6:,.0f} are free there; make room, or name "
            "another place"
        )


def repair(path: Path) -> None:
    """End what killed runs began at `path`; only for a run that holds its lock, see `locks`."""
    hidden = f".{glob.escape(path.name)}.{'?' * 8}"
    for complete in path.parent.glob(hidden + COMPLETE):
        _move(complete, path)
    for partial in path.parent.glob(hidden + PARTIAL):
        shutil.rmtree(partial, ignore_errors=True)


def _move(complete: Path, path: Path) -> None:
    """Move what a folder holds beside it, the file called as `path` last."""
    for file in sorted(complete.iterdir(), key=lambda one: one.name == path.name):
        file.replace(path.with_name(file.name))
    complete.rmdir()


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Errors of writing with the name of the file that they are about; others as they are."""
    try:
        yield
    except OSError as error:
        hidden = f"{os.sep}.{path.name}."
        if error.filename is not None and hidden not in str(error.filename):
            raise
        why = error.strerror or str(error)
        raise OSError(f"{path}: cannot be written ({why}); make room, or name another place") from None
