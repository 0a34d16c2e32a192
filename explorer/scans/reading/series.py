"""A DICOM series, in a .zip or in a folder, as one scan: sorted by position, its affine from the images."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from explorer.scans.reading.dicom import CONVERT, ERRORS, LARGEST_SLICE, PREAMBLE, Slice, is_dicom, read_slice
from explorer.scans.reading.files import (
    LARGEST_IMAGE,
    ScanFile,
    check_image_size,
    check_size,
    label,
    megabytes,
    refusal,
)
from explorer.scans.reading.intensities import far, finite_float32, taken_off
from explorer.scans.reading.scan import SMALLEST_SIDE, Scan, check_affine

MOST_FILES = 2048
LARGEST_DIRECTORY = 2**20
"""Bytes of a .zip's list of files."""

MOST_READS = 300_000
"""Pieces of all headers that are looked at."""

SAME_DIRECTION, SAME_SIZE = 1e-3, 1e-3
"""How far directions and pixel sizes (mm) of one series may differ."""

UNEVEN = 0.1
"""How far a slice may lie from its place, as a share of the distance between slices."""

UNNAMED = "The images do not say to which series they belong: they were taken as one."
REMEDY = "put the files of one complete series in it"

Opener = Callable[[], BinaryIO]
Part = tuple[int, Opener]
"""Size and content of a file; its name is not shown, as names of files may be names of patients."""


def read_zip(file: ScanFile) -> Scan:
    """Read the series in a .zip, however deep in folders.

    Raises:
        ValueError: naming the file, the problem and the remedy.
    """
    check_size(file)
    with file.open() as stream:
        _check_directory(file, stream)  # type: ignore[arg-type]
        try:
            with zipfile.ZipFile(stream) as archive:
                slices, notes = _slices(file.name, list(_members(file.name, archive)))
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError):
            problem = "cannot be unpacked (damaged, encrypted or of an unusual kind)"
            raise refusal(file.name, problem, "make a plain .zip again, without a password") from None
    return _assemble(file.name, file.digest(), slices, notes)


def read_folder(folder: Path) -> Scan:
    """Read the series whose files lie in a folder, not deeper.

    Raises:
        ValueError: naming the folder, the problem and the remedy.
    """
    parts = _files(folder)
    digest = hashlib.sha256()
    for _, opener in parts:
        with opener() as stream:
            digest.update(hashlib.sha256(stream.read(LARGEST_SLICE)).digest())
    slices, notes = _slices(folder.name, parts)
    return _assemble(folder.name, digest.hexdigest(), slices, notes)


def is_series(folder: Path) -> bool:
    """Whether a folder holds DICOM files."""
    for _, opener in _files(folder):
        with opener() as stream:
            if is_dicom(stream.read(PREAMBLE)):
                return True
    return False


def _files(folder: Path) -> list[Part]:
    paths = sorted(path for path in folder.iterdir() if path.is_file())
    if len(paths) > MOST_FILES:
        raise refusal(folder.name, f"holds more than {MOST_FILES:,} files", REMEDY)
    for path in paths:
        if path.resolve().parent != folder.resolve():
            raise refusal(path.name, "is a link out of its folder", "copy the file itself there")
    return [(path.stat().st_size, lambda path=path: path.open("rb")) for path in paths]  # type: ignore[misc]


def _members(name: str, archive: zipfile.ZipFile) -> Iterator[Part]:
    infos = [info for info in archive.infolist() if not info.is_dir()]
    if len(infos) > MOST_FILES:
        raise refusal(name, f"holds more than {MOST_FILES:,} files", REMEDY)
    for info in infos:
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise zipfile.BadZipFile
        yield info.file_size, lambda info=info: archive.open(info)  # type: ignore[misc]


def _check_directory(file: ScanFile, stream: BinaryIO) -> None:
    """Raise ValueError where a .zip is none, or its list of files is too long to be read."""
    tail = min(file.size, 2**16 + 42)
    stream.seek(file.size - tail)
    content = stream.read(tail)
    stream.seek(0)
    end = content.rfind(b"PK\5\6")
    if end < 0 or len(content) < end + 22:
        raise refusal(file.name, "is no .zip file, or is cut off", "copy or pack it again")
    size = int.from_bytes(content[end + 12 : end + 16], "little")
    if size > LARGEST_DIRECTORY or b"PK\6\7" in content[max(0, end - 20) : end]:
        raise refusal(file.name, "holds too many files", REMEDY)


def _slices(name: str, parts: list[Part]) -> tuple[list[Slice], tuple[str, ...]]:
    """All images, in no order, and a note on files that hold none."""
    found: list[Slice] = []
    others = reads = unpacked = 0
    for size, opener in parts:
        content = _content(name, size, opener)
        one, looked = (None, 0) if content is None else read_slice(name, content)
        reads, unpacked = reads + looked, unpacked + len(content or b"")
        if unpacked > LARGEST_IMAGE:
            raise refusal(name, f"holds more than {megabytes(LARGEST_IMAGE)} of DICOM files", CONVERT)
        if reads > MOST_READS:
            raise refusal(name, "holds DICOM files with too many elements", CONVERT)
        if one is None:
            others += 1
            continue
        found.append(one)
        check_image_size(name, one.raw.size * len(found), one.raw.itemsize)
    if not found:
        raise refusal(name, "holds no DICOM images", REMEDY)
    return found, (f"{others} files that hold no image were left out.",) * (others > 0)


def _content(name: str, size: int, opener: Opener) -> bytes | None:
    """The content of a file, or None where it is no DICOM."""
    try:
        with opener() as stream:
            start = stream.read(PREAMBLE)
            if not is_dicom(start):
                return None
            if size > LARGEST_SLICE:
                raise refusal(name, f"holds a DICOM file larger than {megabytes(LARGEST_SLICE)}", CONVERT)
            return start + stream.read(LARGEST_SLICE)
    except zipfile.BadZipFile:
        raise
    except ERRORS as error:
        if isinstance(error, ValueError) and str(error).startswith(label(name)):
            raise
        raise refusal(name, "cannot be unpacked", "it is cut off or damaged: pack it again") from None


def _assemble(name: str, digest: str, slices: list[Slice], notes: tuple[str, ...]) -> Scan:
    """The volume: columns, rows, and slices along their normal; empties `slices`, to save memory."""
    notes += _check_alike(name, slices)
    normal = np.cross(*slices[0].axes)
    slices.sort(key=lambda one: float(one.position @ normal), reverse=True)
    step = _step(name, np.array([one.position for one in reversed(slices)]), normal)
    first = slices[-1]
    affine = np.eye(4)
    affine[:3, 0] = first.axes[0] * first.spacing[1]
    affine[:3, 1] = first.axes[1] * first.spacing[0]
    affine[:3, 2], affine[:3, 3] = step, first.position
    affine = np.diag([-1.0, -1.0, 1.0, 1.0]) @ affine  # from left, back, up to right, front, up
    check_affine(name, affine)
    data, counted = _intensities(slices)
    finite, replaced = finite_float32(name, data)
    return Scan(finite, affine, name, digest, notes=notes + counted + replaced)


def _intensities(slices: list[Slice]) -> tuple[NDArray[np.float32], tuple[str, ...]]:
    """The volume, (columns, rows, slices), each slice scaled by its own numbers; empties `slices`.

    In double precision, as `explorer.scans.reading.intensities` does for one slope and intercept.
    """
    ends = [
        one.scaling[0] * float(value) + one.scaling[1]
        for one in slices
        for value in (one.raw.min(), one.raw.max())
    ]
    low, high = min(ends), max(ends)
    offset = low if far(low, high, high - low) else 0.0
    data = np.empty((*slices[0].raw.shape[::-1], len(slices)), np.float32, order="F")
    for index in range(len(slices)):
        one = slices.pop()
        slope, inter = one.scaling
        data[:, :, index] = one.raw.T.astype(np.float64) * slope + (inter - offset)
    return data, (taken_off(offset, high - low),) * (offset != 0)


def _check_alike(name: str, slices: list[Slice]) -> tuple[str, ...]:
    """Raise ValueError unless all images may be slices of one volume; a note where none says of which."""
    named = {one.series for one in slices}
    series = len(named - {b""})
    if len(named) > 1:
        others = " and images of no named one" if b"" in named else ""
        raise refusal(name, f"holds {series} DICOM series{others}", "keep one of them, the others elsewhere")
    first = slices[0]
    if any(one.raw.shape != first.raw.shape for one in slices) or any(
        np.abs(np.subtract(one.spacing, first.spacing)).max() > SAME_SIZE for one in slices
    ):
        raise refusal(name, "holds DICOM images of different sizes", REMEDY)
    if any(np.abs(one.axes - first.axes).max() > SAME_DIRECTION for one in slices):
        raise refusal(name, "holds DICOM images in different planes", "keep those of one plane")
    if min(len(slices), *first.raw.shape) < SMALLEST_SIDE:
        raise refusal(name, "holds one slice, no volume", REMEDY)
    return (UNNAMED,) * (series == 0)


def _step(name: str, positions: NDArray[np.float64], normal: NDArray[np.float64]) -> NDArray[np.float64]:
    """From slice to slice, mm, (3,); ValueError where slices are doubled or missing."""
    gaps = np.diff(positions @ normal)
    if gaps.min() < 1e-3:
        raise refusal(
            name,
            "holds several DICOM images of one place (repeats, echoes or times)",
            "keep one of each place",
        )
    step: NDArray[np.float64] = (positions[-1] - positions[0]) / (len(positions) - 1)
    expected = positions[0] + np.arange(len(positions))[:, None] * step
    if np.abs(positions - expected).max() > UNEVEN * np.linalg.norm(step):
        raise refusal(
            name,
            f"has gaps of {gaps.min():.3g} to {gaps.max():.3g} mm between its slices: some are missing",
            "export the complete series again, or resample it to even slices",
        )
    return step
