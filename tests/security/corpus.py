"""Files that nobody should open, made on the spot: each a name, and a function that makes its content."""

from __future__ import annotations

import gzip
import pickle
import struct
import zlib
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from tests.security.archives import archives
from tests.security.making import (
    EYE,
    MIB,
    RNG,
    SMALL,
    Trap,
    chunk,
    npy,
    npy_text,
    packed,
    png,
    raw_png,
    small,
    volume,
    zeros_gz,
)
from tests.support.phantoms import head, nifti_bytes, ras_affine

Hostile = tuple[str, str, Callable[[], bytes]]
"""What is wrong, the file's name, and its content."""

NAN, INF = float("nan"), float("inf")
AFFINE = ras_affine()
HEAD = head(AFFINE)


def truncated() -> Iterator[Hostile]:
    makers: tuple[tuple[str, Callable[[], bytes]], ...] = (
        ("nii", small),
        ("nii.gz", packed),
        ("npy", partial(npy, SMALL)),
    )
    for ending, make in makers:
        whole = make()
        cuts = [0, 1, 2, 4, 9, 40, 100, 347, 348, 351, 352, 400, len(whole) // 2, len(whole) - 1]
        for cut in sorted({cut for cut in cuts if cut < len(whole)}):
            yield f"{ending} cut to {cut}", f"cut.{ending}", partial(bytes, whole[:cut])
    whole_png = png()
    for cut in (0, 1, 8, 20, 24, 33, 50, len(whole_png) // 2, len(whole_png) - 30):
        yield f"png cut to {cut}", "cut.png", partial(bytes, whole_png[:cut])


def bombs() -> Iterator[Hostile]:
    large = {"dim": [3, 512, 512, 512, 1, 1, 1, 1]}
    yield "zeros after the image", "bomb.nii.gz", lambda: zeros_gz(400, small())
    yield (
        "honest header of zeros",
        "zeros.nii.gz",
        lambda: zeros_gz(256, small(dim=[3, 512, 512, 256, 1, 1, 1, 1])),
    )
    yield (
        "as large as may be",
        "large.nii.gz",
        lambda: zeros_gz(128, small(dim=[3, 512, 512, 256, 1, 1, 1, 1], datatype=2, bitpix=8)),
    )
    yield "more than may be", "more.nii.gz", lambda: zeros_gz(300, small(**large, datatype=2, bitpix=8))
    yield "gzip in gzip", "nested.nii.gz", lambda: gzip.compress(gzip.compress(small()))
    yield "only zeros", "only.nii.gz", lambda: zeros_gz(300)
    yield "series of zeros", "series.nii.gz", lambda: zeros_gz(200, small(dim=[4, 64, 64, 64, 900, 1, 1, 1]))
    yield "extensions of zeros", "extension.nii.gz", lambda: zeros_gz(300, small(vox_offset=2.0**28))
    yield "png bomb", "bomb.png", lambda: raw_png(60000, 60000, zlib.compress(bytes(MIB)))
    yield "png of many rows", "rows.png", lambda: raw_png(8, 2**31 - 1, zlib.compress(bytes(MIB)))
    yield (
        "png text bomb",
        "text.png",
        lambda: raw_png(
            40,
            30,
            zlib.compress(bytes(41 * 30)),
            chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(80 * MIB), 1)),
        ),
    )
    yield (
        "png profile bomb",
        "icc.png",
        lambda: raw_png(
            40,
            30,
            zlib.compress(bytes(41 * 30)),
            chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(80 * MIB), 1)),
        ),
    )
    yield "png longer than it says", "long.png", lambda: raw_png(40, 30, zlib.compress(bytes(80 * MIB), 1))


def terabytes() -> Iterator[Hostile]:
    shapes = (
        [3, 32767, 32767, 1000, 1, 1, 1, 1],
        [3, 20000, 20000, 20000, 1, 1, 1, 1],
        [4, 64, 64, 64, 32767, 1, 1, 1],
    )
    for number, dim in enumerate(shapes):
        for name, code, bits in (("bytes", 2, 8), ("floats", 64, 64)):
            fields = {"dim": dim, "datatype": code, "bitpix": bits}
            yield f"{name} of {dim}", f"huge{number}.nii", partial(small, **fields)
            yield (
                f"packed {name} of {dim}",
                f"huge{number}.nii.gz",
                partial(packed, **fields),
            )
    for dim in ([3, 200, 200, 200, 1, 1, 1, 1], [3, 6, 7, 9, 1, 1, 1, 1]):
        yield f"a bit more than there is {dim}", "more.nii", partial(small, dim=dim)
        yield f"packed, a bit more {dim}", "more.nii.gz", partial(packed, dim=dim)
    for shape in ((10**6, 10**6), (10**9, 8, 8), (2**62, 2**62, 2), (400, 400, 401), (9, 9, 10)):
        text = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}}}"
        yield f"npy of {shape}", "huge.npy", partial(npy_text, text)


def affines() -> Iterator[Hostile]:
    for row in ("srow_x", "srow_y", "srow_z"):
        for place in (0, 2, 3):
            for bad in (NAN, INF, -INF, 1e30):
                values = list(dict(srow_x=EYE[0], srow_y=EYE[1], srow_z=EYE[2])[row])
                values[place] = bad
                yield (
                    f"{row}[{place}] = {bad}",
                    "affine.nii",
                    partial(small, **{row: values}),
                )
        yield f"{row} of zeros", "singular.nii", partial(small, **{row: [0, 0, 0, 0]})
    yield "two rows alike", "singular.nii", lambda: small(srow_y=[2, 0, 0, 0])
    yield "nearly flat", "flat.nii", lambda: small(srow_y=[2, 1e-4, 0, 0])
    for size in (1e-6, 1e6, -1e6):
        yield f"voxels of {size}", "voxels.nii", partial(small, srow_x=[size, 0, 0, 0])
    for unit in (1, 3):
        yield f"unit {unit} at 2", "unit.nii", partial(small, xyzt_units=unit)
    for bad in (NAN, INF, 5.0):
        yield f"quaternion {bad}", "quatern.nii", partial(small, sform_code=0, quatern_b=bad)
    for bad in (NAN, INF, 1e30):
        yield f"offset {bad}", "qoffset.nii", partial(small, sform_code=0, qoffset_x=bad)
        sizes = [1, bad, 2, 2, 1, 1, 1, 1]
        yield (
            f"pixdim {bad}",
            "pixdim.nii",
            partial(small, sform_code=0, qform_code=0, pixdim=sizes),
        )


def slopes() -> Iterator[Hostile]:
    for slope, inter in (
        (INF, 0),
        (-INF, 0),
        (INF, INF),
        (1, INF),
        (1, -INF),
        (1, NAN),
        (NAN, 3),
        (NAN, INF),
        (3e38, 0),
        (1e-45, 0),
        (1, 3e38),
    ):
        yield (
            f"slope {slope}, inter {inter}",
            "slope.nii",
            partial(small, scl_slope=slope, scl_inter=inter),
        )


def types() -> Iterator[Hostile]:
    for code, bits in (
        (0, 0),
        (1, 1),
        (32, 64),
        (128, 24),
        (1536, 128),
        (1792, 128),
        (2048, 256),
        (2304, 32),
        (255, 8),
        (999, 16),
        (-5, 16),
    ):
        yield f"type {code}", "type.nii", partial(small, datatype=code, bitpix=bits)
    for bits in (8, 32, -16):
        yield f"16-bit numbers of {bits} bits", "bits.nii", partial(small, bitpix=bits)
    yield "RGB", "rgb.nii", lambda: volume(np.zeros((6, 7, 8), [("R", "u1"), ("G", "u1"), ("B", "u1")]))
    yield "complex", "complex.nii", lambda: volume(SMALL.astype(np.complex64))
    for offset in (NAN, INF, -1.0, 100.0, 1e30):
        yield f"data at {offset}", "offset.nii", partial(small, vox_offset=offset)


def images() -> Iterator[Hostile]:
    for dim in (
        [0] * 8,
        [3, 0, 7, 8, 1, 1, 1, 1],
        [3, -6, 7, 8, 1, 1, 1, 1],
        [8, 6, 7, 8, 1, 1, 1, 1],
        [-1, 6, 7, 8, 1, 1, 1, 1],
        [300, 6, 7, 8, 1, 1, 1, 1],
    ):
        yield f"dimensions {dim}", "dim.nii", partial(small, dim=dim)
    shapes: tuple[tuple[int, ...], ...] = (
        (20,),
        (20, 20),
        (20, 20, 1),
        (20, 1, 20),
        (1, 20, 20),
        (4, 4, 4, 3),
        (4, 4, 4, 1, 2),
        (3,) * 7,
    )
    for shape in shapes:
        yield (
            f"shape {shape}",
            "shape.nii",
            partial(volume, np.arange(np.prod(shape), dtype=np.float32).reshape(shape)),
        )
    for value in (0, 1, -7.5, NAN, INF):
        filled = np.full((20, 20, 20), value, np.float32)
        yield f"all {value}", "constant.nii", partial(volume, filled)
        yield f"npy of {value}", "constant.npy", partial(npy, filled)
    yield "beyond float32", "large.nii", lambda: volume(np.linspace(0, 1e300, 1000).reshape(10, 10, 10))
    yield "a point of light", "point.nii", lambda: volume(np.eye(30)[..., None] * np.eye(30)[0])
    yield "noise all over", "noise.nii", lambda: volume(RNG.standard_normal((30, 30, 30)).astype(np.float32))
    yield "brain too small", "mouse.nii", lambda: nifti_bytes(HEAD, np.diag([0.2, 0.2, 0.2, 1.0]))
    yield "brain too large", "elephant.nii", lambda: nifti_bytes(HEAD, np.diag([20.0, 20.0, 20.0, 1.0]))
    yield "negative brain", "negative.nii", lambda: nifti_bytes(-HEAD, AFFINE)


def arrays() -> Iterator[Hostile]:
    yield "objects", "objects.npy", lambda: npy(np.array([[Trap()] * 9] * 9, dtype=object), allow_pickle=True)
    yield "a pickle", "pickle.npy", lambda: pickle.dumps({"image": Trap()})
    yield "a zip", "archive.npy", lambda: b"PK\x03\x04" + bytes(100)
    for dtype in ("U3", "S3", "M8[s]", "c8", "c16", "V7", "f4,f4"):
        yield f"type {dtype}", "type.npy", partial(npy, np.zeros((9, 9), dtype=dtype))
    for shape in ((), (0,), (0, 9), (9,), (1, 9), (9, 9, 1), (3, 3, 3, 3)):
        yield f"shape {shape}", "shape.npy", partial(npy, np.zeros(shape, np.float32))
    texts = {
        "code": "{'descr': __import__('os').getcwd(), 'fortran_order': False, 'shape': (9, 9)}",
        "true sides": "{'descr': '<f4', 'fortran_order': False, 'shape': (True, 9)}",
        "negative sides": "{'descr': '<f4', 'fortran_order': False, 'shape': (-9, -9)}",
        "text as shape": "{'descr': '<f4', 'fortran_order': False, 'shape': 'ab'}",
        "no order": "{'descr': '<f4', 'shape': (9, 9)}",
        "no such type": "{'descr': '<q9', 'fortran_order': False, 'shape': (9, 9)}",
        "nested": "(" * 5000,
        "long": "{" + " " * 60000 + "}",
        "object type": "{'descr': '|O', 'fortran_order': False, 'shape': (9, 9)}",
        "sub-array": "{'descr': ('<f4', (1000, 1000)), 'fortran_order': False, 'shape': (9, 9)}",
    }
    for problem, text in texts.items():
        yield problem, "text.npy", partial(npy_text, text)
    yield "version 9", "version.npy", lambda: npy_text("{}", version=b"\x09\x00")
    yield "long header", "header.npy", lambda: b"\x93NUMPY\x02\x00" + struct.pack("<I", 2**32 - 1) + b"{"


def pictures() -> Iterator[Hostile]:
    good = zlib.compress(bytes(range(31)) * 40)
    for width, height in ((0, 40), (30, 0), (7, 40), (4097, 8), (2**32 - 1, 2**32 - 1)):
        yield f"{width} x {height}", "sides.png", partial(raw_png, width, height, good)
    yield "garbage inside", "garbage.png", lambda: raw_png(30, 40, b"\xff" * 50)
    yield "no data", "nodata.png", lambda: raw_png(30, 40, b"")
    yield "depth 3", "depth.png", lambda: raw_png(30, 40, good, depth=3)
    yield "colour type 9", "colour.png", lambda: raw_png(30, 40, good, colour=9)
    yield "palette without one", "palette.png", lambda: raw_png(30, 40, good, colour=3)
    yield "colours", "rgb.png", lambda: png(RNG.integers(0, 255, (40, 30, 3)).astype(np.uint8))
    yield "colours and alpha", "rgba.png", lambda: png(RNG.integers(0, 255, (40, 30, 4)).astype(np.uint8))
    yield "coloured palette", "p.png", lambda: png(RNG.integers(0, 255, (40, 30, 3)).astype(np.uint8), "P")
    yield "one grey", "grey.png", lambda: png(np.full((40, 30), 7, np.uint8))
    yield (
        "false checksum",
        "crc.png",
        lambda: b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", bytes(13), 5) + chunk(b"IDAT", good),
    )
    yield "JPEG", "photo.png", lambda: b"\xff\xd8\xff\xe0" + bytes(200)


OTHERS = {
    "DICOM": bytes(128) + b"DICM" + bytes(300),
    "zip": b"PK\x03\x04" + bytes(400),
    "PDF": b"%PDF-1.7\n" + bytes(400),
    "program": b"\x7fELF" + bytes(400),
    "script": b"#!/bin/sh\nrm -rf /tmp/nowhere\n" * 20,
    "web page": b"<script>alert(1)</script>" * 20,
    "pickle": pickle.dumps(list(range(200))),
    "noise": bytes(RNG.integers(0, 255, 4000, dtype=np.uint8)),
    "ones": b"\xff" * 4000,
    "bz2": b"BZh9" + bytes(400),
    "zstd": b"\x28\xb5\x2f\xfd" + bytes(400),
    "gzip of nothing": gzip.compress(b""),
    "half a gzip header": b"\x1f\x8b",
    "false gzip": b"\x1f\x8b\x08" + b"\xff" * 300,
}

NAMES = (
    *("../../etc/passwd.nii", "/etc/shadow.nii.gz", "..\\..\\boot.png", "a\nb.nii", "a\r\nSet-Cookie: x.nii"),
    *(
        "\x1b[2J\x1b[31mred.nii",
        "\x00null.npy",
        "\u202egni.nii",
        "\ud800.nii",
        "x" * 5000 + ".nii",
        "<script>alert(1)</script>.nii",
    ),
    *(
        "'; DROP TABLE scans; --.png",
        "%s%s%n.nii",
        "{0.__class__}.npy",
        "$(id).nii",
        "`id`.png",
        "con.nii",
        "👩‍⚕️.nii",
    ),
    *(
        "",
        ".",
        "..",
        "/",
        "scan",
        "scan.nii.exe",
        "scan.dcm",
        "scan.jpg",
        "scan.nii.gz.zip",
        "scan.npz",
        "scan.pt",
        "scan.svg",
    ),
)


def others() -> Iterator[Hostile]:
    for kind, content in OTHERS.items():
        for ending in ("nii", "nii.gz", "png", "npy", "zip"):
            yield f"{kind} as {ending}", f"other.{ending}", partial(bytes, content)
    yield "data elsewhere", "pair.nii", lambda: small(magic=b"ni1")
    yield "no magic", "magic.nii", lambda: small(magic=b"\0\0\0\0")
    for name in NAMES:
        yield f"name {name[:30]!r}", name, lambda: b"nothing that is an image" * 30


def corpus() -> list[Hostile]:
    """All of them."""
    parts = (truncated, bombs, terabytes, affines, slopes, types, images, arrays, pictures, archives, others)
    return [hostile for part in parts for hostile in part()]
