"""Which mask of a folder is of which scan: the one of its name, whatever the ending."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from explorer.scans.reading.files import label, refusal
from explorer.scans.reading.listing import Listing, several
from explorer.scans.reading.loading import FORMATS

RENAME = "give each mask the name of its scan"
REST = "named as no scan"


def pair(scans: Sequence[Path], masks: Listing) -> tuple[Mapping[Path, Path], tuple[str, ...]]:
    """Find the mask of each scan.

    A mask of the very name comes first; one of another ending, as `a.nii.gz` for `a.zip`, is taken where it
    is the only one and of no other scan.

    Args:
        scans: files, or folders of a series each.
        masks: the files of their folder.

    Returns:
        Masks by scan, for those that have one; and sentences on what has none and on masks left out.

    Raises:
        ValueError: where several may be of one scan.
    """
    named = {path.name: path for path in masks.files}
    found = {scan: named[scan.name] for scan in scans if scan.name in named}
    for scan in scans:
        if scan not in found and (path := _of_stem(scan, masks, taken=set(found.values()))):
            found[scan] = path
    taken, without = set(found.values()), [scan.name for scan in scans if scan not in found]
    told = masks.without([path.name for path in masks.files if path not in taken], REST).told
    if without:
        count = f"{len(found)} of {len(scans)} scans have a mask there"
        told = (f"{masks.name}: {count}, not so {several(without)}", *told)
    return found, told


def check_some(found: Mapping[Path, Path], scans: Sequence[Path], masks: Listing) -> None:
    """Raise ValueError where a folder of masks that a person named holds none of the scans'."""
    if not found:
        names = several(path.name for path in masks.files) or "nothing that a mask can be"
        theirs = several(scan.name for scan in scans)
        raise refusal(masks.name, f"holds no mask of {theirs}, but {names}", RENAME)


def stem(name: str) -> str:
    """A name without the ending of a scan.

    >>> stem("a.b.nii.gz"), stem("series")
    ('a.b', 'series')
    """
    for ending in sorted(FORMATS, key=len, reverse=True):
        if name.lower().endswith(ending):
            return name[: -len(ending)]
    return name


def _of_stem(scan: Path, masks: Listing, taken: set[Path]) -> Path | None:
    alike = [path for path in masks.files if path not in taken and stem(path.name) == stem(scan.name)]
    if len(alike) > 1:
        names = several(path.name for path in alike)
        raise refusal(masks.folder.name, f"holds several masks of {label(scan.name)} ({names})", "keep one")
    return alike[0] if alike else None
