"""Folders of scans: which files belong together.

A folder of images may have a folder of masks of the same names. The layout of the MOOD challenge (Medical
Out-of-Distribution Analysis, evaluation code MIC-DKFZ/mood@a01303a) is known: beside `toy/NAME.nii.gz` lie
`toy_label/pixel/NAME.nii.gz` and `toy_label/sample/NAME.nii.gz.txt`, which holds 0 or 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from explorer.scans.reading.files import label, refusal
from explorer.scans.reading.loading import FORMATS
from explorer.scans.reading.series import is_series

MOST_FILES = 10_000


@dataclass(frozen=True)
class Entry:
    """A scan of a folder.

    Attributes:
        scan: its path.
        mask: of its anomalies, or None.
        anomalous: the label of the scan as a whole, or None where nothing says so.
    """

    scan: Path
    mask: Path | None = None
    anomalous: bool | None = None


def is_folder_of_scans(path: Path) -> bool:
    """Whether a path is a folder, and not one that holds a single DICOM series."""
    if not path.is_dir():
        return False
    named = any(entry.name.lower().endswith(FORMATS) for entry in path.iterdir())
    return named or not is_series(path)


def scans_in(folder: Path, masks: Path | None = None) -> list[Entry]:
    """The scans of a folder in alphabetical order, with their masks.

    Args:
        folder: where they lie, not deeper.
        masks: a folder of masks of the same names; None: MOOD's, where there is one.

    Raises:
        ValueError: where there is no folder or no scan, or a file is a link out of its folder.
    """
    if masks is not None and not masks.is_dir():
        raise refusal(masks.name, "is no folder", "name the folder that holds the masks")
    labels = folder.parent / f"{folder.resolve().name}_label"
    masks = masks or (labels / "pixel" if (labels / "pixel").is_dir() else None)
    found = [path for path in _files(folder) if path.name.lower().endswith(FORMATS)]
    if not found:
        raise refusal(folder.name, "holds no scans", f"put files in it that end in {', '.join(FORMATS)}")
    return [Entry(path, _mask(path, masks), _sample_label(labels / "sample", path.name)) for path in found]


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise refusal(folder.name, "is no folder", "check the path")
    paths = sorted(path for path in folder.iterdir() if path.is_file())
    if len(paths) > MOST_FILES:
        raise refusal(folder.name, f"holds more than {MOST_FILES:,} files", "split it")
    for path in paths:
        _check_inside(path, folder)
    return paths


def _mask(scan: Path, masks: Path | None) -> Path | None:
    if masks is None or not (path := masks / scan.name).is_file():
        return None
    _check_inside(path, masks)
    return path


def _sample_label(folder: Path, name: str) -> bool | None:
    path = folder / f"{name}.txt"
    if not path.is_file():
        return None
    _check_inside(path, folder)
    with path.open(encoding="utf-8", errors="replace") as stream:
        text = stream.read(16).strip()
    if text not in ("0", "1"):
        raise refusal(path.name, f"says {label(text)!r} where 0 or 1 is needed", "correct it")
    return text == "1"


def _check_inside(path: Path, folder: Path) -> None:
    if path.resolve().parent != folder.resolve():
        raise refusal(path.name, "is a link out of its folder", "copy the file itself there")
