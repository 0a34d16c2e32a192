"""Pictures and arrays: PNG, and NPY without pickles."""

from __future__ import annotations

import math
import struct
import threading
import tokenize
import warnings
import zlib
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray
from PIL import Image

from explorer.scans.reading.files import (
    ScanFile,
    check_image_size,
    check_promise,
    check_size,
    read_into,
    refusal,
)
from explorer.scans.reading.intensities import finite_float32
from explorer.scans.reading.png import grey_of
from explorer.scans.reading.scan import SMALLEST_PICTURE, SMALLEST_SIDE, Scan

LARGEST_PNG = 2**26
"""Bytes of a PNG file."""

LARGEST_SIDE = 4096
"""Pixels of a picture's side."""

_PNG_ERRORS = (OSError, SyntaxError, EOFError, LookupError, TypeError, ValueError, ArithmeticError) + (
    *(struct.error, zlib.error, Warning, MemoryError, Image.DecompressionBombError),
)
"""What Pillow raises for damaged files."""

_NPY_ERRORS = (ValueError, LookupError, TypeError, SyntaxError, EOFError, ArithmeticError) + (
    *(MemoryError, RecursionError, tokenize.TokenError),
)
"""What NumPy raises for damaged headers."""

_FILTERS = threading.Lock()
"""Filters of warnings belong to the process; two sessions changing them at once would leave them changed."""

_HEADER = 10_000
"""Characters of the text in which an NPY file describes itself."""


def read_png(file: ScanFile) -> Scan:
    """Read a grey picture; colours are refused unless they are grey in truth.

    Raises:
        ValueError: naming the file, the problem and the remedy.
    """
    check_size(file)
    if file.size > LARGEST_PNG:
        raise refusal(file.name, "is too large for a picture", "save it smaller")
    with file.open() as stream:
        content = stream.read(LARGEST_PNG)
    if content[:8] != b"\x89PNG\r\n\x1a\n" or content[12:16] != b"IHDR" or len(content) < 24:
        raise refusal(file.name, "is not a PNG file", "save it as PNG")
    _check_sides(file.name, struct.unpack(">II", content[16:24]))
    try:
        with _FILTERS, warnings.catch_warnings(action="error"):
            pixels, notes = grey_of(content)
    except _PNG_ERRORS:
        raise refusal(file.name, "is a damaged PNG file", "it is cut off or damaged: save it again") from None
    if pixels is None:
        raise refusal(file.name, "is in colour where intensities are needed", "save it as greyscale")
    return _picture(file, pixels, notes)


def read_npy(file: ScanFile) -> Scan:
    """Read a picture, (rows, columns), or a volume, (x to the right, y to the front, z up).

    Raises:
        ValueError: naming the file, the problem and the remedy.
    """
    check_size(file)
    with file.open() as stream:
        shape, fortran, dtype = _npy_header(file, stream)
        if dtype.hasobject:
            raise refusal(file.name, "holds Python objects, which may run code", "save plain numbers")
        if dtype.kind not in "biuf" or dtype.itemsize > 8:
            raise refusal(file.name, f"holds {dtype} where intensities are needed", "save plain real numbers")
        if len(shape) not in (2, 3) or min(shape) < (SMALLEST_PICTURE if len(shape) == 2 else SMALLEST_SIDE):
            raise refusal(
                file.name,
                f"has the shape {shape}",
                "save (rows, columns) of a picture or (x, y, z) of a volume",
            )
        check_image_size(file.name, math.prod(shape), dtype.itemsize, file.limits)
        check_promise(file, stream.tell() + math.prod(shape) * dtype.itemsize, packed=False)
        raw = np.empty(math.prod(shape), dtype)
        read_into(file, stream, raw.view(np.uint8).data)
    array = raw.reshape(shape, order="F" if fortran else "C")
    if array.ndim == 2:
        return _picture(file, array)
    data, notes = finite_float32(file.name, array)
    assumed = (
        "An array has no voxel size and no orientation: voxels are taken as 1 mm, the axes as to the right, "
        "to the front, and up."
    )
    return Scan(data, np.eye(4), file.name, file.digest(), oriented=False, notes=(assumed, *notes))


def _npy_header(file: ScanFile, stream: Any) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    try:
        with _FILTERS, warnings.catch_warnings(action="ignore"):
            version = npy.read_magic(stream)
            read = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}[version]
            shape, fortran, dtype = read(stream, max_header_size=_HEADER)
    except _NPY_ERRORS:
        raise refusal(file.name, "cannot be read as NPY", "save it again with numpy.save") from None
    if any(isinstance(size, bool) or not 0 < size < 2**40 for size in shape):
        raise refusal(file.name, f"has the shape {str(shape)[:60]}", "save an array that holds something")
    return shape, fortran, dtype


def _picture(file: ScanFile, pixels: NDArray[Any], told: tuple[str, ...] = ()) -> Scan:
    _check_sides(file.name, pixels.shape[::-1])
    data, notes = finite_float32(file.name, pixels)
    assumed = "A picture has no pixel size and no orientation: it is fitted into the model's image as it is."
    notes = (assumed, *told, *notes)
    return Scan(data[..., None], None, file.name, file.digest(), oriented=False, notes=notes)


def _check_sides(name: str, size: tuple[int, ...]) -> None:
    if not all(SMALLEST_PICTURE <= side <= LARGEST_SIDE for side in size):
        shown = " x ".join(map(str, size))
        raise refusal(
            name,
            f"has {shown} pixels; {SMALLEST_PICTURE} to {LARGEST_SIDE} a side are read",
            "save it in another size",
        )
