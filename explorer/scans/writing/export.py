"""A map as a file that other tools read: NIfTI on the scan's own grid, and a JSON file that says how.

Of the scan's header only the geometry is kept: names, dates and comments of patients do not travel on.
"""

from __future__ import annotations

import gzip
import io
import json
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
from numpy.typing import NDArray

import explorer
from explorer.scans.finding.finding import Finding
from explorer.scans.finding.record import record_of
from explorer.scans.reading.files import label
from explorer.scans.reading.scan import Scan

GEOMETRY = (
    *("xyzt_units", "qform_code", "sform_code", "quatern_b", "quatern_c", "quatern_d"),
    *("qoffset_x", "qoffset_y", "qoffset_z", "srow_x", "srow_y", "srow_z"),
)
MAP_FORMATS = (".nii", ".nii.gz", ".npy")


def map_header(scan: Scan) -> Any:
    """A NIfTI header with the geometry of `scan` bit for bit, its units and the notice.

    A volume from another format gets its affine.
    """
    if scan.affine is None or scan.spacing is None:
        raise ValueError(f"the picture {label(scan.name)} has no place in space; write its map as .npy")
    if scan.header is None:
        header = nibabel.nifti1.Nifti1Header()  # type: ignore[no-untyped-call]
        header["srow_x"], header["srow_y"], header["srow_z"] = scan.affine[:3]
        header["sform_code"], header["xyzt_units"] = 1, 2  # scanner coordinates, mm
        sizes = scan.spacing
    else:
        header = type(scan.header)(endianness=scan.header.endianness)
        for key in GEOMETRY:
            header[key] = scan.header[key]
        sizes = scan.header["pixdim"][1:4]
        header["pixdim"][0] = scan.header["pixdim"][0]  # the handedness of the qform
    header["dim"] = [3, *scan.data.shape, 1, 1, 1, 1]
    header["pixdim"][1:4] = sizes
    header["datatype"], header["bitpix"] = 16, 32  # float32
    header["vox_offset"] = 352 if header.sizeof_hdr == 348 else 544
    header["scl_slope"], header["scl_inter"] = 1, 0
    header["descrip"] = explorer.NOTICE  # fits its 79 characters
    return header


def map_bytes(scan: Scan, values: NDArray[np.float32], ending: str) -> bytes:
    """The content of a file that holds a map; the same map gives the same bytes.

    Args:
        scan: what the map is of.
        values: scores on the scan's grid as stored, shape of `scan.data`, float32; NaN where not scored.
        ending: what `ending_for` gave; `.npy` holds (rows, columns) for a picture.
    """
    if ending == ".npy":
        stream = io.BytesIO()
        np.save(stream, values[..., 0] if scan.affine is None else values, allow_pickle=False)
        return stream.getvalue()
    header = map_header(scan)
    packed, stream = ending == ".nii.gz", io.BytesIO()
    with gzip.GzipFile("", "wb", 3, stream, 0) if packed else nullcontext(stream) as target:
        target.write(bytes(header.binaryblock).ljust(int(header["vox_offset"]), b"\0"))
        for plane in np.moveaxis(values, 2, 0):  # one after another, so that no second whole map is made
            target.write(plane.astype(np.dtype(np.float32).newbyteorder(header.endianness)).tobytes("F"))
    return stream.getvalue()


def record_text(finding: Finding) -> str:
    """The record of a finding as JSON."""
    return json.dumps(record_of(finding), indent=2, allow_nan=False) + "\n"


def write_map(path: Path, finding: Finding) -> Path:
    """Write a map and, beside it, its record as `<name>.json`; see `explorer.writing` for both at once.

    Args:
        path: of the map, with an ending that `ending_for` allows.
        finding: the map and what is said of it.

    Returns:
        The path of the record.
    """
    beside = record_path(path)
    values = finding.prepared.placement.to_scan(finding.values)
    beside.write_text(record_text(finding), encoding="utf-8")
    path.write_bytes(map_bytes(finding.scan, values, ending_for(finding.scan, path.name)))
    return beside


def record_path(path: Path) -> Path:
    """Where the record of the map at `path` lies."""
    return path.with_name(map_stem(path.name) + ".json")


def map_ending(name: str) -> str:
    """The ending of a map's name, one of `MAP_FORMATS`; ValueError for any other.

    >>> map_ending("a.b.nii.gz")
    '.nii.gz'
    """
    for ending in sorted(MAP_FORMATS, key=len, reverse=True):
        if name.lower().endswith(ending):
            return ending
    raise ValueError(f"a map must end in {', '.join(MAP_FORMATS)}, got {label(name)!r}; name another file")


def ending_for(scan: Scan, name: str) -> str:
    """The ending of a map's name; ValueError for NIfTI of a picture, which has no place in space."""
    ending = map_ending(name)
    if scan.affine is None and ending != ".npy":
        raise ValueError(f"a map of the picture {label(scan.name)} must end in .npy, got {label(name)!r}")
    return ending


def map_stem(name: str) -> str:
    """The name without the ending of a map."""
    return name[: -len(map_ending(name))]
