"""Where the maps of scans go: all names made and checked before the first scan is read."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path

from explorer.locks import alone
from explorer.scans.reading.files import label
from explorer.scans.reading.folders import Entry, entries_at, is_folder_of_scans
from explorer.scans.reading.loading import FORMATS
from explorer.scans.writing.export import map_ending, map_stem, record_path

Maps = Mapping[str, Path]
"""Where the map of each predictor goes, by the predictor's key."""


def outputs(
    scan: Path,
    output: Path,
    masks: Path | None,
    *,
    keys: Sequence[str],
    brain: Path | None = None,
    report: bool = False,
    overwrite: bool = False,
) -> tuple[list[tuple[Entry, Maps]], tuple[str, ...]]:
    """The scans to localize and where their maps go, and sentences on what was left out.

    Args:
        scan: a file, a folder that holds a DICOM series, or a folder of scans.
        output: a file for a file, a folder for a folder.
        masks: a file for a file, a folder of masks of the scans' names, or None.
        keys: of the predictors; where there are several, each stands at the end of the names of its maps.
        brain: a brain mask, or a folder of them, or None.
        report: whether a page is written beside each map.
        overwrite: whether files of an earlier run may be replaced; a scan or a mask never is.

    Raises:
        ValueError: where something is missing or of the wrong kind, a file would be overwritten, or another
            run is writing it.
    """
    folder = is_folder_of_scans(scan)
    if not folder:
        map_ending(output.name)
        if not output.absolute().parent.is_dir() or output.is_dir():
            raise ValueError(f"--output {output}: cannot be written; name a file in a folder that exists")
    elif output.exists() and not output.is_dir():
        raise ValueError(f"--output {output}: is a file; name a folder, as the scans are one")
    found = entries_at(scan, masks, brain)
    entries = [
        (entry, _maps(output / map_name(entry.scan.name) if folder else output, keys))
        for entry in found.scans
    ]
    paths = [path for _, maps in entries for path in maps.values()]
    if len({record_path(path) for path in paths}) < len(paths):
        raise ValueError(f"{label(scan.name)} holds scans whose maps would have one name; rename them")
    taken = {
        path.resolve()
        for entry, _ in entries
        for path in (entry.scan, entry.mask, entry.brain)
        if path is not None
    }
    for path in paths:
        with alone(record_path(path)) if path.parent.is_dir() else nullcontext():
            check_free(path, taken, report=report, overwrite=overwrite)
    return entries, found.told


def map_name(name: str) -> str:
    """The name of a scan's map: NIfTI stays as it is, DICOM becomes `.nii.gz`, the rest `.npy`.

    >>> map_name("a.nii"), map_name("b.zip"), map_name("c.png")
    ('a.nii', 'b.nii.gz', 'c.npy')
    """
    ending = next(
        ending for ending in sorted(FORMATS, key=len, reverse=True) if name.lower().endswith(ending)
    )
    if ending.startswith(".nii"):
        return name
    return name[: -len(ending)] + (".nii.gz" if ending == ".zip" else ".npy")


def _maps(path: Path, keys: Sequence[str]) -> Maps:
    if len(keys) == 1:
        return {keys[0]: path}
    ending = path.name[len(map_stem(path.name)) :]
    return {key: path.with_name(f"{map_stem(path.name)}-{key}{ending}") for key in keys}


def check_free(path: Path, taken: Collection[Path] = (), *, report: bool, overwrite: bool) -> None:
    """Raise ValueError where a map, its record or its page would overwrite something.

    Args:
        path: of the map; the lock of its record is held.
        taken: what never may be overwritten.
        report: whether there will be a page.
        overwrite: whether files that are not `taken` may be overwritten.
    """
    beside = record_path(path)
    for target in (path, beside, *([beside.with_suffix(".html")] if report else [])):
        if target.resolve() in taken:
            raise ValueError(f"--output {target}: would overwrite a scan or a mask; name another place")
        if target.exists() and not (overwrite and target.is_file()):
            raise ValueError(f"--output {target}: is there already; name another place, or pass --overwrite")
