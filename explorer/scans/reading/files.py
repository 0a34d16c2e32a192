"""Files as they come in: a name and a content that nobody vouches for.

Every message names the file, says what is wrong and what to do. Sizes are compared before anything of that
size is made: what a header promises, what the file holds, and what is allowed.
"""

from __future__ import annotations

import hashlib
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedIOBase
from pathlib import Path

from explorer.foreign import printable
from explorer.scans.reading.unpacking import MAGIC, Unpacking

LARGEST_FILE = 2**30
"""Bytes of an uploaded file, and of all that it unpacks to."""

LARGEST_IMAGE = 2**28
"""Bytes of one uploaded image as stored, unpacked."""

LARGEST_VOXELS = 2**26
"""Voxels of one uploaded image: about 400 x 400 x 400."""

TRAILING = 2**20
"""Bytes tolerated after the end of an image in a packed file."""

_DEFLATE_LIMIT = 1032
"""No deflate stream unpacks to more than this many times its size."""

_CHUNK = 2**20
_SHOWN = 60


@dataclass(frozen=True)
class Limits:
    """How large a file may be.

    Attributes:
        file: bytes of the file, and of all that it unpacks to.
        image: bytes of one image as stored, unpacked; what is kept of it has 4 a voxel.
        voxels: of one image.
    """

    file: int
    image: int
    voxels: int


UPLOADED = Limits(LARGEST_FILE, LARGEST_IMAGE, LARGEST_VOXELS)
"""Of what a browser sends, which may be anybody's."""

ON_DISK = Limits(2**32, 2**31, 2**28)
"""Of what lies on the machine itself: 512 x 512 x 1024 voxels."""


@dataclass(frozen=True, eq=False)
class ScanFile:
    """A file to be read; nothing is read before it is asked for.

    Attributes:
        name: as it was called, without folders; hostile until shown through `label`.
        content: its bytes (an upload), or where it is.
    """

    name: str
    content: bytes | Path

    @staticmethod
    def at(path: Path) -> ScanFile:
        """The file at `path`; ValueError where there is none, or something that is no plain file."""
        file = ScanFile(path.name, path)
        try:
            plain = path.is_file()
        except (OSError, ValueError):
            plain = False
        if not plain:
            raise refusal(file.name, "is not there, or is no plain file", "check the path")
        return file

    @property
    def size(self) -> int:
        """Bytes, as stored."""
        return len(self.content) if isinstance(self.content, bytes) else self.content.stat().st_size

    @property
    def limits(self) -> Limits:
        """How large it may be."""
        return UPLOADED if isinstance(self.content, bytes) else ON_DISK

    def open(self) -> BufferedIOBase:
        """A stream of the stored bytes; close it."""
        return io.BytesIO(self.content) if isinstance(self.content, bytes) else self.content.open("rb")

    def digest(self) -> str:
        """SHA-256 of the stored bytes, hexadecimal."""
        with self.open() as stream:
            digest = hashlib.sha256()
            while part := stream.read(_CHUNK):
                digest.update(part)
        return digest.hexdigest()


def label(name: str) -> str:
    r"""A file's name as it may be shown: without folders, control characters and more than 60 characters.

    >>> label("../../a\x1b[31m\nscan.nii")
    'a?[31m?scan.nii'
    """
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    shown = printable(last, "?")
    return (shown if len(shown) <= _SHOWN else f"{shown[: _SHOWN - 10]}...{shown[-7:]}") or "unnamed file"


def refusal(name: str, problem: str, remedy: str) -> ValueError:
    """The error that answers a file: which one, what is wrong, what to do."""
    return ValueError(f"{label(name)} {problem}; {remedy}")


def check_size(file: ScanFile) -> None:
    """Raise ValueError for an empty file and for one larger than any scan."""
    if file.size == 0:
        raise refusal(file.name, "is empty", "copy or export it again")
    if file.size > file.limits.file:
        raise refusal(
            file.name,
            f"is larger than {megabytes(file.limits.file)}",
            "cut out the volume that you need, or resample it",
        )


def check_image_size(name: str, voxels: int, itemsize: int, limits: Limits = UPLOADED) -> None:
    """Raise ValueError where one image of `voxels` of `itemsize` bytes is more than is allowed."""
    size = voxels * itemsize
    if voxels <= limits.voxels and size <= limits.image:
        return
    remedy = (
        "resample it to coarser voxels" if voxels > limits.voxels else "store it as integers of 8 or 16 bits"
    )
    if limits == UPLOADED and voxels <= ON_DISK.voxels and size <= ON_DISK.image:
        remedy += ", or read it as NIfTI from a disk: the server's folder, or `python -m explorer localize`"
    raise refusal(
        name,
        f"claims an image of {voxels / 1e6:.3g} million voxels, {megabytes(size)}; at most "
        f"{limits.voxels / 1e6:.3g} million and {megabytes(limits.image)} are read here",
        remedy,
    )


def check_promise(file: ScanFile, promised: int, *, packed: bool) -> None:
    """Raise ValueError where a file cannot hold the bytes that its header promises, or may not."""
    if promised > file.limits.file:
        raise refusal(
            file.name,
            f"claims {megabytes(promised)} of data; at most {megabytes(file.limits.file)} are read",
            "cut out the volume that you need",
        )
    holds = file.size * (_DEFLATE_LIMIT if packed else 1)
    if promised > holds:
        raise refusal(
            file.name,
            f"claims {megabytes(promised)} of data, but holds at most {megabytes(holds)}",
            "it is cut off or damaged: copy or export it again",
        )


def megabytes(size: float) -> str:
    """A number of bytes for people."""
    return f"{size / 2**20:,.1f} MiB" if size < 2**40 else f"{size / 2**40:,.1f} TiB"


@contextmanager
def unpacked(file: ScanFile) -> Iterator[tuple[BufferedIOBase, bool]]:
    """A stream of the unpacked bytes, and whether the file is packed; by content, not by name.

    Raises:
        ValueError: on entry for empty and oversized files; inside, where the packed data are damaged.
    """
    check_size(file)
    try:
        with file.open() as stored:
            packed = stored.read(len(MAGIC)) == MAGIC
            stored.seek(0)
            yield (io.BufferedReader(Unpacking(stored)), True) if packed else (stored, False)
    except (zlib.error, EOFError) as error:
        problem = f"cannot be unpacked ({error})"
        raise refusal(file.name, problem, "it is cut off or damaged: copy or compress it again") from None


def read_into(file: ScanFile, stream: BufferedIOBase, target: memoryview) -> None:
    """Fill `target` from `stream` chunk by chunk; ValueError where the stream ends too early."""
    done = 0
    while done < len(target):
        got = stream.readinto(target[done : done + _CHUNK])
        if not got:
            raise refusal(
                file.name,
                f"ends after {megabytes(done)} of an image of {megabytes(len(target))}",
                "it is cut off: copy or export it again",
            )
        done += got


def skip(file: ScanFile, stream: BufferedIOBase, count: int) -> None:
    """Read `count` bytes and forget them; ValueError where the stream ends too early."""
    scratch = memoryview(bytearray(min(count, _CHUNK)))
    while count > 0:
        part = scratch[: min(count, _CHUNK)]
        read_into(file, stream, part)
        count -= len(part)


def check_end(file: ScanFile, stream: BufferedIOBase) -> None:
    """Read to the end of a packed stream, whose checksum stands there; ValueError where much more comes."""
    if len(stream.read(TRAILING + 1)) > TRAILING:
        raise refusal(
            file.name,
            "unpacks to far more than its header claims",
            "it is damaged or made to exhaust memory: export it again",
        )
