"""A DICOM series, in a .zip or in a folder, as one scan: its images sorted out from what else lies there."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import BinaryIO

from explorer.scans.reading.dicom.assembling import REMEDY, assembled
from explorer.scans.reading.dicom.slices import (
    CONVERT,
    ERRORS,
    LARGEST_SLICE,
    PREAMBLE,
    Slice,
    is_dicom,
    read_slice,
)
from explorer.scans.reading.files import (
    LARGEST_IMAGE,
    ScanFile,
    check_image_size,
    check_size,
    label,
    megabytes,
    refusal,
)
from explorer.scans.reading.listing import HIDDEN, left_out, listing
from explorer.scans.reading.scan import Scan

MOST_FILES = 2048
LARGEST_DIRECTORY = 2**20
"""Bytes of a .zip's list of files."""

MOST_READS = 300_000
"""Pieces of all headers that are looked at."""

STRAY = "no files of the series"

Opener = Callable[[], BinaryIO]


@dataclass(frozen=True)
class Part:
    """A file among those of a series.

    Attributes:
        name: of the file; shown only of one that is no DICOM, as names of slices may be names of patients.
        size: bytes, unpacked.
        open: its content, as a stream.
    """

    name: str
    size: int
    open: Opener

    @property
    def hidden(self) -> bool:
        """Whether its name begins with a dot."""
        return label(self.name).startswith(".")


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
                found = _sorted_out(file.name, list(_members(file.name, archive)))
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError):
            problem = "cannot be unpacked (damaged, encrypted or of an unusual kind)"
            raise refusal(file.name, problem, "make a plain .zip again, without a password") from None
    return found.assembled(file.name, file.digest())


def read_folder(folder: Path) -> Scan:
    """Read the series whose files lie in a folder, not deeper.

    Raises:
        ValueError: naming the folder, the problem and the remedy.
    """
    files = listing(folder, MOST_FILES)
    parts = [Part(path.name, path.stat().st_size, partial(_opened, path)) for path in files.files]
    digest = hashlib.sha256()
    for part in parts:
        with part.open() as stream:
            digest.update(hashlib.sha256(stream.read(LARGEST_SLICE)).digest())
    found = _sorted_out(files.name, parts)
    others = dict(files.others)
    found.hidden = len(others.pop(HIDDEN, ()))
    return found.assembled(files.name, digest.hexdigest(), others)


def dicoms_among(paths: Iterable[Path]) -> int:
    """How many of these files are DICOM."""
    return sum(is_dicom(_start(path)) for path in paths)


def _opened(path: Path) -> BinaryIO:
    return path.open("rb")


def _start(path: Path) -> bytes:
    with _opened(path) as stream:
        return stream.read(PREAMBLE)


def _members(name: str, archive: zipfile.ZipFile) -> Iterator[Part]:
    infos = [info for info in archive.infolist() if not info.is_dir()]
    if len(infos) > MOST_FILES:
        raise refusal(name, f"holds more than {MOST_FILES:,} files", REMEDY)
    for info in infos:
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise zipfile.BadZipFile
        yield Part(info.filename, info.file_size, partial(archive.open, info))  # type: ignore[arg-type]


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


@dataclass(eq=False)
class Sorted:
    """What was found among the files of a series.

    Attributes:
        slices: all images, in no order.
        strays: names of files that are no DICOM.
        hidden: how many of these are hidden.
        imageless: how many DICOM files hold no image, such as directories and reports.
    """

    slices: list[Slice] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)
    hidden: int = 0
    imageless: int = 0

    def assembled(self, name: str, digest: str, others: Mapping[str, Sequence[str]] | None = None) -> Scan:
        """The volume, with a note on what was left out as is usual, and warnings that name the rest.

        Args:
            name: of the series.
            digest: of its files.
            others: what else was left out, by the reason why.
        """
        counts = (("DICOM files that hold no image", self.imageless), ("hidden files", self.hidden))
        notes = tuple(f"Left out: {count} {what}." for what, count in counts if count)
        scan = assembled(name, digest, self.slices, notes)
        named = {**({STRAY: self.strays} if self.strays else {}), **(others or {})}
        return replace(scan, warnings=(*scan.warnings, *(f"Left out: {one}." for one in left_out(named))))


def _sorted_out(name: str, parts: list[Part]) -> Sorted:
    """All images, and what is none."""
    found = Sorted()
    reads = unpacked = 0
    for part in parts:
        content = _content(name, part)
        if content is None:
            found.strays += [part.name] * (not part.hidden)
            found.hidden += part.hidden
            continue
        one, looked = read_slice(name, content)
        reads, unpacked = reads + looked, unpacked + len(content)
        if unpacked > LARGEST_IMAGE:
            raise refusal(name, f"holds more than {megabytes(LARGEST_IMAGE)} of DICOM files", CONVERT)
        if reads > MOST_READS:
            raise refusal(name, "holds DICOM files with too many elements", CONVERT)
        if one is None:
            found.imageless += 1
            continue
        found.slices.append(one)
        check_image_size(name, one.raw.size * len(found.slices), one.raw.itemsize)
    if not found.slices:
        raise refusal(name, "holds no DICOM images", REMEDY)
    return found


def _content(name: str, part: Part) -> bytes | None:
    """The content of a file, or None where it is no DICOM."""
    try:
        with part.open() as stream:
            start = stream.read(PREAMBLE)
            if not is_dicom(start):
                return None
            if part.size > LARGEST_SLICE:
                raise refusal(name, f"holds a DICOM file larger than {megabytes(LARGEST_SLICE)}", CONVERT)
            return start + stream.read(LARGEST_SLICE)
    except zipfile.BadZipFile:
        raise
    except ERRORS as error:
        if isinstance(error, ValueError) and str(error).startswith(label(name)):
            raise
        raise refusal(name, "cannot be unpacked", "it is cut off or damaged: pack it again") from None
