"""Archives that nobody should open: damaged and oversized .zip files, and DICOM series that are none."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from typing import Any

import numpy as np

from tests.security.making import MIB, deflated, repeated, small, zeros_zip
from tests.support.dicoms import DEFLATED, dicom_bytes, series, zipped
from tests.support.phantoms import head, ras_affine

Hostile = tuple[str, str, Callable[[], bytes]]

SHAPE = (9, 8, 7)
DATA = np.arange(np.prod(SHAPE), dtype="i2").reshape(SHAPE)
AFFINE = ras_affine()
NAN, INF = float("nan"), float("inf")


@cache
def files(**fields: Any) -> tuple[bytes, ...]:
    return tuple(series(DATA, AFFINE, **fields))


def spoilt(**fields: Any) -> bytes:
    """A series of which one slice has other elements; None takes them out."""
    good = files()
    one = series(DATA, AFFINE, **fields)[3]
    return zipped([*good[:3], one, *good[4:]])


def raw(**fields: tuple[str, str]) -> bytes:
    """A series in which numbers were replaced by text of the same length."""
    content = b"\0".join(files())
    parts = list(files())
    for old, new in fields.values():
        assert old.encode() in content and len(old) == len(new)
        parts = [part.replace(old.encode(), new.encode()) for part in parts]
    return zipped(parts)


def element(tag: int, vr: bytes, value: bytes, length: int | None = None) -> bytes:
    """An element of 32-bit length, explicit and little-endian."""
    size = len(value) if length is None else length
    return struct.pack("<HH2sHI", tag >> 16, tag & 0xFFFF, vr, 0, size) + value


def inserted(*elements: bytes) -> bytes:
    """A slice with more elements right after its meta information."""
    one = files()[0]
    start = 144 + int.from_bytes(one[140:144], "little")
    return one[:start] + b"".join(elements) + one[start:]


def nested(depth: int) -> bytes:
    """Sequences in sequences, none of which ends."""
    item = struct.pack("<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF)
    return (element(0x00081140, b"SQ", b"", 0xFFFFFFFF) + item) * depth


def unpacking(mib: int) -> bytes:
    """A slice whose elements unpack to many MiB."""
    one = series(DATA, AFFINE, DEFLATED)[0]
    start = 144 + int.from_bytes(one[140:144], "little")
    return one[:start] + deflated(mib)


def encrypted() -> bytes:
    content = bytearray(zipped(files()))
    for mark, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        at = -1
        while (at := content.find(mark, at + 1)) >= 0:
            content[at + offset] |= 1
    return bytes(content)


def long_list(count: int) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for number in range(count):
            archive.writestr(str(number), b"")
    return stream.getvalue()


def claimed(size: int) -> bytes:
    """A .zip whose list says that its files are of another size."""
    content = zipped(files())
    at = content.find(b"PK\1\2")
    return content[: at + 24] + struct.pack("<I", size) + content[at + 28 :]


def bombs() -> Iterator[Hostile]:
    place = {"ImagePositionPatient": [0, 0, 0], "PixelSpacing": [1, 1]}
    place |= {"ImageOrientationPatient": [1, 0, 0, 0, 1, 0]}
    yield "zip of zeros", "zeros.zip", lambda: zeros_zip(1000)
    yield "zip in zip", "nested.zip", lambda: zipped({"a.zip": zipped(files())})
    yield "scan in zip", "scan.zip", lambda: zipped({"scan.nii": small()})
    most = np.zeros((512, 512, 256), "i2")
    yield "as large as may be", "most.zip", lambda: zipped(series(most, np.diag([0.5, 0.5, 0.7, 1.0])))
    large = np.zeros((2800, 2800), "u2")
    yield "slices of zeros", "zeros.zip", lambda: repeated(dicom_bytes(large, place), 40)
    yield "one huge slice", "huge.zip", lambda: repeated(dicom_bytes(np.zeros((5000, 5000), "u2"), place), 3)
    yield "zeros after DICM", "dicm.zip", lambda: zeros_zip(1000, bytes(128) + b"DICM")
    yield "many DICM", "many.zip", lambda: repeated(bytes(128) + b"DICM" + bytes(15 * MIB), 40)
    yield "many files", "files.zip", lambda: long_list(3000)
    yield "very many files", "files.zip", lambda: long_list(30_000)
    yield "deep sequences", "deep.zip", lambda: repeated(inserted(nested(5000)), 9)
    many = element(0x00091001, b"UN", b"") * 100_000
    yield "many elements", "elements.zip", lambda: repeated(inserted(many), 100)
    some = element(0x00091001, b"UN", b"") * 9000
    yield "many elements in many files", "elements.zip", lambda: repeated(inserted(some), 1500)
    endless = element(0x00091001, b"UN", b"\xfe\xff" * 4 * MIB, 0xFFFFFFFF)
    yield "no end of an element", "endless.zip", lambda: repeated(inserted(endless), 30)
    items = struct.pack("<HHI", 0xFFFE, 0xE000, 0) * 500_000
    yield (
        "many items",
        "items.zip",
        lambda: repeated(inserted(element(0x00081140, b"SQ", items, 0xFFFFFFFF)), 40),
    )
    yield "deflated bomb", "deflated.zip", lambda: repeated(unpacking(1000), 3)
    yield "claims terabytes", "claims.zip", partial(claimed, 2**32 - 2)
    yield "claims nothing", "claims.zip", partial(claimed, 0)


def broken_archives() -> Iterator[Hostile]:
    whole = zipped(files())
    for cut in (4, 30, 300, len(whole) // 2, len(whole) - 23, len(whole) - 1):
        yield f"zip cut to {cut}", "cut.zip", partial(bytes, whole[:cut])
    yield "encrypted", "secret.zip", encrypted
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        yield f"packed by method {method}", "method.zip", partial(zipped, files(), method)
    yield "nothing inside", "empty.zip", lambda: zipped([])
    yield "damaged inside", "damaged.zip", lambda: whole[:200] + b"\xff" * 60 + whole[260:]
    yield "endless list", "list.zip", lambda: whole[:-10] + b"\xff" * 10
    yield "zip64", "zip64.zip", lambda: whole[:-22] + b"PK\6\7" + bytes(16) + whole[-22:]
    yield "DICOM as zip", "slice.zip", lambda: files()[0]
    yield "one slice alone", "slice.dcm", lambda: files()[0]
    yield (
        "hostile names",
        "names.zip",
        lambda: zipped({"../../etc/passwd": b"x", "/abs": b"y", "a\x1b[2J": b"z"}),
    )


def broken_series() -> Iterator[Hostile]:
    yield "one slice", "one.zip", lambda: zipped(files()[:1])
    yield "a slice missing", "gap.zip", lambda: zipped([*files()[:2], *files()[3:]])
    yield "a slice twice", "twice.zip", lambda: zipped([*files(), files()[2]])
    yield "two series", "two.zip", lambda: zipped([*files()[:4], *files(SeriesInstanceUID="9.9")[4:]])
    yield "two sizes", "sizes.zip", lambda: zipped([*files(), series(head(AFFINE).astype("i2"), AFFINE)[9]])
    turned = AFFINE[:, [1, 0, 2, 3]]
    yield "two planes", "planes.zip", lambda: zipped([*files(), *series(DATA.transpose(1, 0, 2), turned)])
    for cut in (133, 160, 300, 500, 700, 760, 800, 900):
        yield f"slices cut to {cut}", "cut.zip", partial(_cut, cut)
    yield "one slice cut off", "cut.zip", lambda: zipped([*files()[:-1], files()[-1][:-30]])
    yield "pixels cut off", "cut.zip", lambda: spoilt(PixelData=None)
    yield "constant", "constant.zip", lambda: zipped(series(np.full(SHAPE, 7, "i2"), AFFINE))
    yield "no brain", "nobrain.zip", lambda: zipped(files())
    yield "voxels of a mile", "mile.zip", lambda: zipped(series(DATA, np.diag([900.0, 900, 900, 1])))
    for key in ("Rows", "Columns", "ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing") + (
        *("BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation", "PhotometricInterpretation"),
    ):
        yield f"without {key}", "without.zip", partial(spoilt, **{key: None})
    wrong: Sequence[tuple[str, Any]] = (
        *(("Rows", 0), ("Rows", 65535), ("Columns", 3), ("BitsAllocated", 1), ("BitsAllocated", 32)),
        *(("BitsStored", 0), ("BitsStored", 99), ("HighBit", 3), ("NumberOfFrames", 12)),
        *(("SamplesPerPixel", 3), ("PhotometricInterpretation", "RGB"), ("RescaleSlope", 0)),
        *(("PhotometricInterpretation", "MONOCHROME1"), ("PixelSpacing", [0, 0]), ("PixelSpacing", [-1, 2])),
        *(("PixelSpacing", [1, 2, 3]), ("ImageOrientationPatient", [0] * 6)),
        *(("ImageOrientationPatient", [1, 0, 0, 1, 0, 0]), ("ImageOrientationPatient", [1, 0, 0])),
        *(("ImagePositionPatient", [1, 2]), ("ImagePositionPatient", [1e9, 0, 0]), ("RescaleSlope", 1e39)),
    )
    for key, value in wrong:
        yield f"{key} = {value}", "element.zip", partial(spoilt, **{key: value})
    for text in ("nan", "inf", "1e999"[:3], "a\\b"):
        yield f"a size of {text}", "text.zip", partial(raw, size=("3.6", text))
    for name, syntax in {"JPEG": "4.50", "lossless JPEG": "4.70", "JPEG 2000": "4.90", "RLE": "5"}.items():
        yield f"compressed by {name}", "packed.zip", partial(_packed, f"1.2.840.10008.1.2.{syntax}")


def _cut(size: int) -> bytes:
    return zipped([one[:size] for one in files()])


def _packed(syntax: str) -> bytes:
    return zipped(series(DATA, AFFINE, syntax))


def archives() -> Iterator[Hostile]:
    """All of them."""
    for part in (bombs, broken_archives, broken_series):
        yield from part()
