"""NIfTI-1 and NIfTI-2 in one file, packed or not: checked before read, only the chosen volume kept.

The format: Cox et al., A (sort of) new image data format standard: NIfTI-1, 2004 (nifti.nimh.nih.gov).
Headers are parsed by nibabel; the data are read here, so that no more is unpacked than was checked.
"""

from __future__ import annotations

import math
from io import BufferedIOBase
from typing import Any

import nibabel
import numpy as np
from nibabel.spatialimages import HeaderDataError

from explorer.scans.reading.files import (
    ScanFile,
    check_end,
    check_image_size,
    check_promise,
    read_into,
    refusal,
    skip,
    unpacked,
)
from explorer.scans.reading.intensities import finite_float32
from explorer.scans.reading.nifti_affine import place_of
from explorer.scans.reading.scan import SMALLEST_SIDE, Scan

REAL_NUMBERS = {2: "u1", 4: "i2", 8: "i4", 16: "f4", 64: "f8", 256: "i1", 512: "u2", 768: "u4"} | {
    1024: "i8",
    1280: "u8",
}
"""NIfTI datatype codes that are read, with NumPy's names."""

NAMES = {1: "single bits", 32: "complex numbers", 128: "RGB colours", 1536: "128-bit numbers"} | {
    1792: "complex numbers",
    2048: "complex numbers",
    2304: "RGBA colours",
}
LARGEST_OFFSET = 2**24
"""Bytes before the data: header and extensions."""


def read_nifti(file: ScanFile, volume: int | None = None) -> Scan:
    """Read a 3-D image, or one volume of a 4-D image.

    Args:
        file: `.nii` or `.nii.gz`.
        volume: which one of a 4-D image, from 0.

    Raises:
        ValueError: naming the file, the problem and the remedy.
    """
    with unpacked(file) as (stream, packed):
        header = _header(file, stream)
        shape, volume = _shape(file.name, header, volume)
        dtype, mended = _dtype(file.name, header)
        slope, inter = _scaling(file.name, header)
        place = place_of(file.name, header)
        voxels = math.prod(shape[:3])
        check_image_size(file.name, voxels, dtype.itemsize, file.limits)
        size = math.prod(shape) * dtype.itemsize
        offset, moved = _offset(file, header, size, packed=packed)
        check_promise(file, offset + size, packed=packed)
        skip(file, stream, offset - header.sizeof_hdr + (volume or 0) * voxels * dtype.itemsize)
        raw = np.empty(voxels, dtype)
        read_into(file, stream, raw.view(np.uint8).data)
        if packed and len(shape) == 3:
            check_end(file, stream)
    data, notes = finite_float32(file.name, raw, slope, inter)
    return Scan(
        data.reshape(shape[:3], order="F"),
        place.affine,
        file.name,
        file.digest(),
        place.header,
        place.oriented,
        notes + mended + moved + place.notes,
        place.warnings,
    )


def _header(file: ScanFile, stream: BufferedIOBase) -> Any:
    """The header, unchecked but for its kind."""
    start = stream.read(348)
    kinds = {348: nibabel.nifti1.Nifti1Header, 540: nibabel.nifti2.Nifti2Header}
    sizes = {int.from_bytes(start[:4], order) for order in ("little", "big")}
    kind = next((kinds[size] for size in kinds if size in sizes), None)
    if kind is None or len(start) < 348:
        raise refusal(file.name, "is not a NIfTI file", "convert it to NIfTI (.nii or .nii.gz) first")
    start += stream.read(kind.sizeof_hdr - 348)
    if len(start) < kind.sizeof_hdr:
        raise refusal(file.name, "ends within its header", "it is cut off: copy or export it again")
    try:
        header = kind(start, check=False)  # type: ignore[no-untyped-call]
    except (HeaderDataError, ValueError) as error:
        raise refusal(file.name, f"has a damaged header ({error})", "export it again") from None
    if bytes(header["magic"])[:3] not in (b"n+1", b"n+2"):
        raise refusal(
            file.name,
            "is no single-file NIfTI (its data are elsewhere, or it is Analyze 7.5)",
            "convert it to one .nii or .nii.gz file",
        )
    return header


def _shape(name: str, header: Any, volume: int | None) -> tuple[tuple[int, ...], int | None]:
    """The shape without empty axes at its end, three or four long, and the volume to read."""
    dim = [int(size) for size in header["dim"]]
    if not 1 <= dim[0] <= 7 or any(size < 1 for size in dim[1 : dim[0] + 1]):
        raise refusal(name, f"has a damaged header (dimensions {dim})", "export it again")
    shape = dim[1 : dim[0] + 1]
    while len(shape) > 3 and shape[-1] == 1:
        shape.pop()
    shown = " x ".join(map(str, shape))
    if len(shape) < 3 or min(shape[:3]) < SMALLEST_SIDE:
        raise refusal(
            name, f"is no volume but a slice or less ({shown})", "export the whole volume, or save it as PNG"
        )
    if len(shape) > 4:
        raise refusal(name, f"has {len(shape)} dimensions ({shown})", "cut out one volume of 3 dimensions")
    if len(shape) == 3:
        if volume not in (None, 0):
            raise refusal(name, f"holds one volume, not number {volume}", "leave the number out")
        return tuple(shape), None
    if volume is None or not 0 <= volume < shape[3]:
        asked = "" if volume is None else f", not number {volume}"
        raise refusal(name, f"holds {shape[3]} volumes{asked}", f"choose one from 0 to {shape[3] - 1}")
    return tuple(shape), volume


def _dtype(name: str, header: Any) -> tuple[np.dtype[Any], tuple[str, ...]]:
    """The type of the numbers, and a note where the header leaves out how long they are."""
    code, bits = int(header["datatype"]), int(header["bitpix"])
    if code not in REAL_NUMBERS:
        held = NAMES.get(code, f"an unknown type ({code})")
        raise refusal(name, f"holds {held} where intensities are needed", "convert it to integers or floats")
    dtype = np.dtype(REAL_NUMBERS[code]).newbyteorder(header.endianness)
    if bits not in (0, 8 * dtype.itemsize):
        raise refusal(name, "contradicts itself on the size of a number (bitpix)", "export it again")
    note = f"The header leaves out how long a number is (bitpix): {8 * dtype.itemsize} bits, by its type."
    return dtype, (note,) * (bits == 0)


def _scaling(name: str, header: Any) -> tuple[float, float]:
    """Slope and intercept; a slope of 0, or both not a number, mean that the numbers are as stored."""
    slope, inter = float(header["scl_slope"]), float(header["scl_inter"])
    if slope == 0 or (math.isnan(slope) and (math.isnan(inter) or inter == 0)):
        return 1.0, 0.0
    if not (math.isfinite(slope) and math.isfinite(inter)):
        raise refusal(name, f"scales its values by {slope:g} and {inter:g}", "export it again")
    return slope, inter


def _offset(file: ScanFile, header: Any, size: int, *, packed: bool) -> tuple[int, tuple[str, ...]]:
    """Where the data start, bytes, and a note where the header leaves it out.

    They then follow the header: behind the 4 bytes that say whether it is extended, or at once where only so
    the length of the file fits.
    """
    offset, least = float(header["vox_offset"]), int(header.sizeof_hdr)
    if offset == 0:
        start = least if _length(file, packed=packed) == (least + size) % 2**32 else least + 4
        return start, (f"The header does not say where its data start: they were read from byte {start}.",)
    if not least <= offset <= LARGEST_OFFSET:
        raise refusal(file.name, f"claims that its data start at byte {offset:g}", "export it again")
    return int(offset), ()


def _length(file: ScanFile, *, packed: bool) -> int:
    """Bytes of a file, modulo 2**32; of a packed one, what its end says of its content."""
    if not packed:
        return file.size % 2**32
    with file.open() as stream:
        stream.seek(max(0, file.size - 4))
        return int.from_bytes(stream.read(4), "little")
