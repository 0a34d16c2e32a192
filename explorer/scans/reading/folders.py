"""Folders of scans: which files belong together, and which were left out.

A folder of images may have a folder of masks of the same names. The layout of the MOOD challenge (Medical
Out-of-Distribution Analysis, evaluation code MIC-DKFZ/mood@a01303a) is known: beside `toy/NAME.nii.gz` lie
`toy_label/pixel/NAME.nii.gz` and `toy_label/sample/NAME.nii.gz.txt`, which holds 0 or 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from explorer.scans.reading.dicom.series import dicoms_among
from explorer.scans.reading.files import label, refusal
from explorer.scans.reading.listing import left_out, listing
from explorer.scans.reading.loading import FORMATS
from explorer.scans.reading.pairing import REST, check_some, pair

MOST_FILES = 10_000

OTHERS = f"not {', '.join(FORMATS)}; a DICOM series wants a folder of its own"


@dataclass(frozen=True)
class Entry:
    """A scan of a folder, or alone.

    Attributes:
        scan: its path.
        mask: of its anomalies, or None.
        anomalous: the label of the scan as a whole, or None where nothing says so.
        brain: a mask of its brain, or None.
    """

    scan: Path
    mask: Path | None = None
    anomalous: bool | None = None
    brain: Path | None = None


@dataclass(frozen=True)
class Entries:
    """Scans to be read.

    Attributes:
        scans: in alphabetical order.
        told: sentences, without their full stops, on what was left out or has no mask.
    """

    scans: tuple[Entry, ...]
    told: tuple[str, ...] = ()


def is_folder_of_scans(path: Path) -> bool:
    """Whether a path is a folder, and not one that holds a single DICOM series.

    A file of another kind beside a series, such as a preview, makes it no folder of scans; nor do a few DICOM
    files make a series of one that holds more volumes.
    """
    if not path.is_dir():
        return False
    files = listing(path, MOST_FILES).files
    scans = [file for file in files if file.name.lower().endswith(FORMATS)]
    volumes = [file for file in scans if not file.name.lower().endswith(".png")]
    slices = dicoms_among(file for file in files if file not in set(scans))
    return not (slices > max(1, len(volumes)) if scans else slices)


def entries_at(path: Path, masks: Path | None = None, brains: Path | None = None) -> Entries:
    """The scan at a path, or the scans of a folder, with their masks.

    Args:
        path: a file, a folder that holds a DICOM series, or a folder of scans.
        masks: of anomalies: a file for a single scan, or a folder of masks of the scans' names; None: MOOD's,
            where there is one.
        brains: a brain mask for all, or a folder of such masks; None: none.

    Raises:
        ValueError: where there is no scan, or a folder of masks holds none of them.
    """
    if is_folder_of_scans(path):
        return scans_in(path, masks, brains)
    told: list[str] = []
    mask, brain = (_masks_of([path], given, told).get(path) for given in (masks, brains))
    return Entries((Entry(path, mask, None, brain),), tuple(told))


def scans_in(folder: Path, masks: Path | None = None, brains: Path | None = None) -> Entries:
    """The scans of a folder in alphabetical order, with their masks; arguments as those of `entries_at`."""
    if masks is not None and not masks.is_dir():
        raise refusal(masks.name, "is no folder", "name the folder that holds the masks")
    files = listing(folder, MOST_FILES).ending_in(FORMATS, OTHERS)
    if not files.files:
        remedy = f"put files in it that end in {', '.join(FORMATS)}"
        left = f" (left out: {'; '.join(left_out(files.others))})" if files.others else ""
        raise refusal(files.name, f"holds no scans{left}", remedy)
    told = list(files.told)
    labels = folder.parent / f"{folder.resolve().name}_label"
    masked = _masks_of(files.files, masks, told) if masks else _masks_of_mood(files.files, labels, told)
    brained = _masks_of(files.files, brains, told)
    samples = _sample_labels(files.files, labels / "sample", told)
    return Entries(
        tuple(Entry(path, masked.get(path), samples.get(path), brained.get(path)) for path in files.files),
        tuple(told),
    )


def _masks_of(scans: Sequence[Path], given: Path | None, told: list[str]) -> Mapping[Path, Path]:
    """The masks of scans that a person named; what is said of them is added to `told`."""
    if given is None:
        return {}
    if not is_folder_of_scans(given):
        return dict.fromkeys(scans, given)
    masks = listing(given, MOST_FILES).ending_in(FORMATS, OTHERS)
    found, more = pair(scans, masks)
    check_some(found, scans, masks)
    told.extend(more)
    return found


def _masks_of_mood(scans: Sequence[Path], labels: Path, told: list[str]) -> Mapping[Path, Path]:
    if not (labels / "pixel").is_dir():
        return {}
    found, more = pair(scans, listing(labels / "pixel", MOST_FILES).ending_in(FORMATS, OTHERS))
    told.extend(more)
    return found


def _sample_labels(scans: Sequence[Path], folder: Path, told: list[str]) -> Mapping[Path, bool]:
    """Whether scans are labelled as anomalous; those that are not labelled do not occur."""
    if not folder.is_dir():
        return {}
    files = listing(folder, MOST_FILES)
    of = {f"{scan.name}.txt": scan for scan in scans}
    told.extend(files.without([path.name for path in files.files if path.name not in of], REST).told)
    return {of[path.name]: _says_anomalous(path) for path in files.files if path.name in of}


def _says_anomalous(path: Path) -> bool:
    with path.open(encoding="utf-8", errors="replace") as stream:
        text = stream.read(16).strip()
    if text not in ("0", "1"):
        raise refusal(path.name, f"says {label(text)!r} where 0 or 1 is needed", "correct it")
    return text == "1"
