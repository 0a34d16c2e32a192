"""Where a mask reaches the edges of its scan: what lies beyond them was not scanned."""

from __future__ import annotations

import nibabel
import numpy as np
from numpy.typing import NDArray

from explorer.scans.reading.scan import voxel_sizes

SIDES = (("left", "right"), ("back", "front"), ("bottom", "top"))
"""Of the person, along x, y and z."""


def touching(mask: NDArray[np.bool_], affine: NDArray[np.float64]) -> dict[str, float]:
    """How much of each edge of a scan a mask touches, cm^2.

    Args:
        mask: (I, J, K), bool.
        affine: from voxel indices to mm (RAS), (4, 4); sides are those nearest to the stored axes.

    >>> touching(np.arange(8).reshape(2, 2, 2) == 7, np.diag([10.0, 10, 20, 1]))["top"]
    1.0
    """
    sizes = voxel_sizes(affine)
    turn = nibabel.orientations.io_orientation(affine)  # type: ignore[no-untyped-call]
    found = {}
    for axis, (towards, sign) in enumerate(turn):
        area = float(np.prod(sizes)) / sizes[axis] / 100
        for end, side in zip((0, -1), SIDES[int(towards)][:: int(sign)], strict=True):
            found[side] = area * int(np.count_nonzero(mask.take(end, axis)))
    return found
