"""A scan and its map as bytes for the browser, which cuts all planes itself.

Headers of the packets, whose framing and `arrays` are described in `explorer.wire.packet`. All have `key`,
the same for a scan and its maps.

`kind` is `scan`: the scan with its axes put in the order right, front, up (RAS), by exchanging and turning
them round only, so that every voxel keeps its value; of large scans every n-th voxel.

    shape          voxels along right, front, up; of a picture: columns, rows from below, 1
    spacing        mm, or null
    picture        whether it is a picture, which has neither place nor sides
    oriented       whether the file says which side is left
    oblique        largest angle between an axis of the scan and the person's, degrees
    every          n of "every n-th voxel"
    to_mm          from these indices to mm, 4 x 4, or null
    to_scan        from these indices to voxel indices as stored
    to_model       from these indices to (slice, row, column) of the model's images
    pixel_mm       size of a model's pixel in the scan, mm, or null
    window         [black, white] to begin with
    arrays         image (z, y, x); mask, if one came along, 0 or 1; seen and foreground, what the network
                   sees and where it counts, (slice, row, column)

`kind` is `map`: `scores` on the model's grid, (slice, row, column), and `scored`, 1 where there is one;
elsewhere `scores` has the nearest one, so that it can be read between pixels as the exported map is. `result`
tells the maps of a scan apart; `title` of the predictor; `colours` [low, high] of the colour bar.
"""

from __future__ import annotations

import math
from typing import Any

import nibabel
import numpy as np
from numpy.typing import NDArray

from explorer.scans.placing.intensity import CT_WINDOWS
from explorer.scans.placing.placement import spread
from explorer.scans.placing.preparing import Prepared
from explorer.scans.reading.scan import Scan
from explorer.wire import codes
from explorer.wire.packet import encode

QUICK = 1
"""zlib's level: a scan is large and waited for."""

MOST_VOXELS = 2**24
"""Voxels that are sent; of a larger scan every second, third, ... along each axis."""

ROBUST, HEADROOM = (0.5, 99.5), 1.25
"""Percentiles of the scan between which lies its contrast, and how far beyond them white is to begin with, so
that what is brighter than the rest is seen to be."""


def scan_packet(key: str, scan: Scan, prepared: Prepared, mask: NDArray[np.bool_] | None) -> bytes:
    """The packet of a scan.

    Args:
        key: tells scans apart.
        scan: the original.
        prepared: what the network sees of it.
        mask: of its anomalies, shape of the scan, or None.
    """
    every = max(1, math.ceil((scan.data.size / MOST_VOXELS) ** (1 / 3) - 1e-9))
    turned, to_scan = _upright(scan, scan.data)
    thinned = turned[::every, ::every, ::every]
    to_scan = to_scan @ np.diag([every, every, every, 1.0])
    to_mm = None if scan.affine is None else scan.affine @ to_scan
    header = {
        "kind": "scan",
        "key": key,
        "shape": list(thinned.shape),
        "spacing": None if to_mm is None else np.linalg.norm(to_mm[:3, :3], axis=0).tolist(),
        "picture": scan.affine is None,
        "oriented": scan.oriented,
        "oblique": _obliqueness(scan),
        "every": every,
        "to_mm": None if to_mm is None else to_mm.tolist(),
        "to_scan": to_scan.tolist(),
        "to_model": (np.linalg.inv(prepared.placement.matrix) @ to_scan).tolist(),
        "pixel_mm": prepared.placement.pixel_mm,
        "window": _window(thinned, prepared.window),
    }
    arrays = [
        codes.numbers("image", thinned.T),
        codes.numbers("seen", prepared.images[:, 0].numpy()),
        codes.mask("foreground", prepared.foregrounds[:, 0].numpy()),
    ]
    if mask is not None:
        marked, _ = _upright(scan, mask)
        arrays.append(codes.mask("mask", marked[::every, ::every, ::every].T))
    return encode(header, arrays, level=QUICK)


def map_packet(
    key: str, result: str, title: str, values: NDArray[np.float32], colours: tuple[float, float]
) -> bytes:
    """The packet of a map.

    Args:
        key: of its scan.
        result: tells the maps of a scan apart.
        title: of the predictor.
        values: scores on the model's grid, (slices, rows, columns); NaN where not scored.
        colours: ends of the colour bar.
    """
    header = {"kind": "map", "key": key, "result": result, "title": title, "colours": list(colours)}
    arrays = [codes.numbers("scores", spread(values)), codes.mask("scored", ~np.isnan(values))]
    return encode(header, arrays, level=QUICK)


def _upright(scan: Scan, data: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.float64]]:
    """Data of the scan's grid with axes to the right, front and up, and the matrix from there to the scan."""
    if scan.affine is None:
        turn = np.array(
            [[1, -1], [0, 1], [2, 1]], dtype=np.float64
        )  # rows upwards, then columns to the right
    else:
        turn = nibabel.orientations.io_orientation(scan.affine)  # type: ignore[no-untyped-call]
    turned = nibabel.orientations.apply_orientation(data, turn)  # type: ignore[no-untyped-call]
    return turned, nibabel.orientations.inv_ornt_aff(turn, scan.data.shape)  # type: ignore[no-untyped-call]


def _obliqueness(scan: Scan) -> float:
    if scan.affine is None:
        return 0.0
    directions = np.abs(scan.affine[:3, :3]) / np.linalg.norm(scan.affine[:3, :3], axis=0)
    return float(np.rad2deg(np.arccos(np.clip(directions.max(axis=0), 0, 1))).max())


def _window(data: NDArray[np.float32], name: str) -> list[float]:
    """Black and white: of the CT window, or robust ends of the values."""
    if name:
        centre, width = CT_WINDOWS[name]
        return [centre - width / 2, centre + width / 2]
    some = data.ravel()[:: max(1, data.size // 2**20)]
    low, high = (float(value) for value in np.percentile(some, ROBUST))
    smallest, largest = float(data.min()), float(data.max())
    return [low, min(low + HEADROOM * (high - low), largest)] if high > low else [smallest, largest]
