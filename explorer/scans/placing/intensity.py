"""From a scanner's numbers to the intensities that the models know, in [0, 1]."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explorer.datasets.brain.intensity import MEDIAN
from explorer.scans.reading.files import refusal
from explorer.scans.reading.intensities import LEAST_RANGE

AIR_HU, LEAST_AIR = (-1100.0, -850.0), 0.05
"""Between these lies air in a CT, and what share of a scan's voxels it has at least."""

CT_WINDOWS = {
    "brain": (40.0, 80.0),
    "stroke": (35.0, 40.0),
    "subdural": (75.0, 200.0),
    "soft-tissue": (50.0, 400.0),
    "bone": (600.0, 2800.0),
    "lung": (-600.0, 1500.0),
}
"""Centre and width, Hounsfield units."""


def windowed(data: NDArray[np.float32], name: str) -> NDArray[np.float32]:
    """A CT through a window: 0 below it, 1 above, linear between.

    Args:
        data: Hounsfield units.
        name: a key of `CT_WINDOWS`.

    Raises:
        ValueError: where the window is unknown.

    >>> windowed(np.float32([-100, 40, 500]), "brain").tolist()
    [0.0, 0.5, 1.0]
    """
    if name not in CT_WINDOWS:
        raise ValueError(f"unknown CT window {name!r}; known: {', '.join(CT_WINDOWS)}")
    centre, width = CT_WINDOWS[name]
    scaled = (data - np.float32(centre - width / 2)) / np.float32(width)
    return np.clip(scaled, 0, 1, out=scaled)


def like_hounsfield(data: NDArray[np.float32]) -> bool:
    """Whether numbers look like Hounsfield units: much air at -1000, which no MR has."""
    some = data.ravel(order="K")[:: max(1, data.size // 2**20)]
    low, high = AIR_HU
    return float(((some > low) & (some < high)).mean()) > LEAST_AIR


def brain_gain(name: str, data: NDArray[np.float32], brain: NDArray[np.bool_]) -> float:
    """The factor that takes the median of the brain to 0.45.

    The median does not depend on lesions, skull, or a few bright vessels.

    Args:
        name: of the file, for messages.
        data: intensities, (I, J, K).
        brain: (I, J, K), bool, not empty.

    Raises:
        ValueError: where the median is not above 0, or hardly so.
    """
    median = float(np.median(data[brain]))
    if not median > LEAST_RANGE:
        raise refusal(
            name,
            f"has a median of {median:g} in the brain, which cannot be scaled",
            "shift its intensities above 0, or bring a brain mask without background; of a CT pick a window",
        )
    return MEDIAN / median
