"""What lies in a folder, and what of it is left out and why: nothing is dropped in silence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from explorer.scans.reading.files import label, refusal

SHOWN = 5
"""Names in a sentence; of more, their number is said."""

HIDDEN = "hidden"
LINKED = "out of the folder by a link; copy the file itself there"
BROKEN = "a link to nothing"
WITHIN = "a folder within, not looked into; name it itself"
SPECIAL = "no plain file"


@dataclass(frozen=True)
class Listing:
    """The files of a folder.

    Attributes:
        folder: where they lie, not deeper.
        files: plain files that do not lead out of it, in alphabetical order.
        others: what else is there, by the reason why it is left out.
    """

    folder: Path
    files: tuple[Path, ...]
    others: Mapping[str, Sequence[str]]

    def ending_in(self, endings: tuple[str, ...], otherwise: str) -> Listing:
        """Only the files whose names end so; the others are left out for the reason `otherwise`."""
        rest = [path.name for path in self.files if not path.name.lower().endswith(endings)]
        return self.without(rest, otherwise)

    @property
    def name(self) -> str:
        """Of the folder, as it may be shown."""
        return label(self.folder.name or self.folder.resolve().name)

    @property
    def told(self) -> tuple[str, ...]:
        """Sentences on what is left out, without their full stops."""
        return tuple(f"{self.name}: left out {one}" for one in left_out(self.others))

    def without(self, names: Sequence[str], why: str) -> Listing:
        """The same, but that files of these names are left out for a reason."""
        if not names:
            return self
        kept = tuple(path for path in self.files if path.name not in set(names))
        return Listing(self.folder, kept, {**self.others, why: list(names)})


def listing(folder: Path, most: int) -> Listing:
    """List a folder.

    Args:
        folder: which.
        most: files that it may hold.

    Raises:
        ValueError: where there is no folder, or it holds too many files.
    """
    if not folder.is_dir():
        raise refusal(folder.name, "is no folder", "check the path")
    home, files = folder.resolve(), []
    others: dict[str, list[str]] = {}
    for path in sorted(folder.iterdir()):
        if why := _left_out(path, home):
            others.setdefault(why, []).append(path.name)
        else:
            files.append(path)
    if len(files) > most:
        raise refusal(folder.name, f"holds more than {most:,} files", "split it")
    return Listing(folder, tuple(files), others)


def left_out(others: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Names with the reason why they are left out.

    >>> left_out({"hidden": [".a", ".b"]})
    ('.a and .b (hidden)',)
    """
    return tuple(f"{several(names)} ({why})" for why, names in others.items())


def several(names: Iterable[str]) -> str:
    """Names as a sentence shows them.

    >>> several(["a.nii"]), several(["a", "b", "c"]), several("abcdefgh")
    ('a.nii', 'a, b and c', 'a, b, c, d, e and 3 more')
    """
    shown = [label(name) for name in names]
    if len(shown) > SHOWN:
        shown = [*shown[:SHOWN], f"{len(shown) - SHOWN:,} more"]
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def _left_out(path: Path, home: Path) -> str:
    """Why something in the folder `home` is no file to be read; empty where it is one."""
    if path.name.startswith("."):
        return HIDDEN
    if not path.exists():
        return BROKEN
    if path.is_dir():
        return WITHIN
    if not path.is_file():
        return SPECIAL
    return "" if path.resolve().parent == home else LINKED
