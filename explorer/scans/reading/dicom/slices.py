"""One slice of a DICOM series: its pixels and where they lie. Nothing else of the file is kept.

The format: DICOM PS3.3, C.7.6.2 (Image Plane Module) and C.11.1 (Modality LUT); PS3.5 (encoding). pydicom
reads the elements; how much it reads is bounded here. Names, dates and descriptions are never looked at.
"""

from __future__ import annotations

import io
import logging
import struct
import warnings
import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import config
from pydicom.dataset import Dataset
from pydicom.filereader import read_dataset
from pydicom.tag import BaseTag

from explorer.scans.reading.dicom.compressed import DECODERS, Layout, decode
from explorer.scans.reading.files import refusal
from explorer.scans.reading.intensities import LARGEST_VALUE

config.settings.reading_validation_mode = config.IGNORE
logging.getLogger("pydicom").propagate = False  # it may quote what stands in the file
warnings.filterwarnings("ignore", module=r"pydicom(\..*)?")

PREAMBLE = 132
LARGEST_SLICE = 2**24
"""Bytes of a file of one slice."""

MOST_READS = 20_000
"""Pieces of a file that are looked at before its pixels."""

CONVERT = "convert the series to NIfTI, e.g. with dcm2niix"
SYNTAXES = {
    "1.2.840.10008.1.2": (True, True),
    "1.2.840.10008.1.2.1": (False, True),
    "1.2.840.10008.1.2.2": (False, False),
}
"""Transfer syntaxes without compression: whether types are implicit, and whether little-endian."""

SLICES = ("1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.4", "1.2.840.10008.5.1.4.1.1.128")
"""SOP classes of CT, MR and PET slices: one without pixels was cut off."""

RIGHT_ANGLE = 1e-2
"""How far the cosine between the axes may be from 0, and their lengths from 1."""

PIXELS, SERIES = 0x7FE00010, 0x0020000E
_TAGS = {
    "rows": 0x00280010,
    "columns": 0x00280011,
    "samples": 0x00280002,
    "photometric": 0x00280004,
    "frames": 0x00280008,
    "spacing": 0x00280030,
    "allocated": 0x00280100,
    "stored": 0x00280101,
    "high": 0x00280102,
    "signed": 0x00280103,
    "inter": 0x00281052,
    "slope": 0x00281053,
    "position": 0x00200032,
    "axes": 0x00200037,
}

ERRORS = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, OSError, EOFError) + (
    *(NotImplementedError, RecursionError, MemoryError, AssertionError, struct.error, zlib.error, Warning),
)
"""What pydicom and zipfile raise for damaged files."""


@dataclass(frozen=True, eq=False)
class Slice:
    """An image of a series.

    Attributes:
        raw: numbers as stored, (rows, columns), integers.
        scaling: slope and intercept, finite.
        spacing: between rows and between columns, mm.
        axes: directions in which columns and rows count up, in DICOM's space (left, back, up), (2, 3).
        position: of the first pixel, in that space, mm, (3,).
        series: which series it says it belongs to; empty where it does not say.
    """

    raw: NDArray[Any]
    scaling: tuple[float, float]
    spacing: tuple[float, float]
    axes: NDArray[np.float64]
    position: NDArray[np.float64]
    series: bytes


class _Budgeted(io.BytesIO):
    """A file that ends early for those who look at too many pieces of it."""

    reads = 0

    def read(self, size: int | None = -1) -> bytes:
        self.reads += 1
        if self.reads > MOST_READS:
            raise ValueError("too many elements")
        return super().read(size)


def is_dicom(start: bytes) -> bool:
    """Whether a file that starts like this is DICOM."""
    return start[128:PREAMBLE] == b"DICM"


def read_slice(name: str, content: bytes) -> tuple[Slice | None, int]:
    """Read a file of one slice.

    Args:
        name: of the series, for messages.
        content: of the file, which `is_dicom`.

    Returns:
        The slice, or None for a file that holds no image (a directory, a report); and how many pieces of the
        file were looked at.

    Raises:
        ValueError: where the file is damaged, compressed in an unusual way, of many frames or in colour.
    """
    stream = _Budgeted(content)
    stream.seek(PREAMBLE)
    try:
        meta = read_dataset(stream, False, True, stop_when=lambda tag, *_: tag >> 16 != 2)
        syntax, kind = str(meta["TransferSyntaxUID"].value), str(meta["MediaStorageSOPClassUID"].value)
    except ERRORS:
        raise _damaged(name) from None
    if syntax not in SYNTAXES and syntax not in DECODERS:
        if kind not in SLICES:
            return None, stream.reads
        raise refusal(name, "holds DICOM images of a compression that is not decoded", CONVERT)
    implicit, little = SYNTAXES.get(syntax, (False, True))
    tags: list[BaseTag | int] = [PIXELS, SERIES, *_TAGS.values()]
    try:
        dataset = read_dataset(stream, implicit, little, specific_tags=tags)
        if PIXELS not in dataset:
            if kind in SLICES:
                raise _damaged(name)
            return None, stream.reads
        found = {key: _value(dataset, tag) for key, tag in _TAGS.items()}
        pixels = dataset.get_item(PIXELS).value
        series = dataset.get_item(SERIES).value if SERIES in dataset else b""
    except ERRORS as error:
        raise (error if str(error).startswith(_damaged(name).args[0]) else _damaged(name)) from None
    _check_kind(name, found)
    return _slice(name, found, bytes(pixels or b""), bytes(series or b""), syntax), stream.reads


def _value(dataset: Dataset, tag: int) -> tuple[Any, ...]:
    """The values of an element, none where it is missing or empty."""
    value = dataset[tag].value if tag in dataset else None
    if value is None or value == "":
        return ()
    return tuple(value) if not isinstance(value, (str, bytes)) and hasattr(value, "__iter__") else (value,)


def _check_kind(name: str, found: dict[str, tuple[Any, ...]]) -> None:
    """Raise ValueError for images that are no single slice of intensities in space."""
    if found["frames"] and str(found["frames"][0]) not in ("0", "1"):
        raise refusal(name, "holds DICOM files of many frames", CONVERT)
    if tuple(found["samples"]) not in ((), (1,)) or found["photometric"] != ("MONOCHROME2",):
        raise refusal(name, "holds DICOM images in colour or with inverted grey", CONVERT)
    if not (found["position"] and found["axes"] and found["spacing"]):
        raise refusal(
            name, "holds DICOM images that do not say where they lie", "take screenshots and scouts out of it"
        )


def _slice(name: str, found: dict[str, tuple[Any, ...]], pixels: bytes, series: bytes, syntax: str) -> Slice:
    try:
        slope, inter = (
            float(found[key][0]) if found[key] else usual for key, usual in (("slope", 1), ("inter", 0))
        )
        spacing = np.array([float(value) for value in found["spacing"]])
        axes = np.array([float(value) for value in found["axes"]]).reshape(2, 3)
        position = np.array([float(value) for value in found["position"]]).reshape(3)
    except ERRORS:
        raise _damaged(name) from None
    numbers = np.concatenate([axes.ravel(), position, spacing, [slope, inter]])
    if not np.isfinite(numbers).all() or slope == 0 or len(spacing) != 2 or min(spacing) <= 0:
        raise _damaged(name)
    if np.abs(axes @ axes.T - np.eye(2)).max() > RIGHT_ANGLE:
        raise refusal(name, "holds DICOM images whose axes are not at right angles", "export it again")
    raw = _raw(name, found, pixels, syntax)
    if max(abs(slope) * 2 ** (8 * raw.itemsize), abs(inter)) > LARGEST_VALUE:
        raise refusal(name, f"scales its values by {slope:g} and {inter:g}", "export it again")
    return Slice(raw, (slope, inter), (float(spacing[0]), float(spacing[1])), axes, position, series)


def _raw(name: str, found: dict[str, tuple[Any, ...]], pixels: bytes, syntax: str) -> NDArray[Any]:
    """The numbers of a slice as stored, (rows, columns)."""
    try:
        rows, columns, allocated, stored, high, signed = (
            int(found[key][0]) for key in ("rows", "columns", "allocated", "stored", "high", "signed")
        )
    except ERRORS:
        raise _damaged(name) from None
    if allocated not in (8, 16) or not 1 <= stored <= allocated or high != stored - 1:
        raise refusal(name, f"holds DICOM pixels of {allocated} bits in an unusual order", CONVERT)
    if min(rows, columns) <= 0:
        raise _damaged(name)
    kind = f"{'i' if signed else 'u'}{allocated // 8}"
    if syntax in DECODERS:
        try:
            raw = decode(syntax, pixels, Layout(rows, columns, allocated)).view(kind)
        except ValueError:
            problem = "holds a compressed DICOM image that is damaged, or of an unusual kind"
            raise refusal(name, problem, CONVERT) from None
    else:
        if len(pixels) < rows * columns * allocated // 8:
            raise _damaged(name)
        dtype = np.dtype(kind).newbyteorder("<" if SYNTAXES[syntax][1] else ">")
        raw = np.frombuffer(pixels, dtype, rows * columns).reshape(rows, columns)
    spare = allocated - stored
    return (raw << spare) >> spare if spare else raw.copy()  # bits above the stored ones may be anything


def _damaged(name: str) -> ValueError:
    return refusal(name, "holds a damaged DICOM file", "copy or export the series again")
