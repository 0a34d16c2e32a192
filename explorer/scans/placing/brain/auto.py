"""The way that suits a scan: a mask that came along; of a CT the threshold; of MR what is not zero, if that
is a brain already extracted, and else the network.

A head whose background was set to zero is not taken for a brain: what is not zero must lie within the scan
with at most `MOST_TOUCHING` of an edge, which no neck or cut head does, and have the size of one brain. Where
it does not, the network is asked; it decides for "already extracted" where it marks nearly all of it.
Measured on heads with a zeroed background it marks .60 to .74 of what is not zero, on extracted brains .98,
on slabs of them .80 and more (T2: tests.benchmarks.brains).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explorer.scans.placing.brain.base import AUTO, BRAINS, GIVEN, LEAST_ML, MOST_ML, Brain, Head, Way, tissue
from explorer.scans.placing.edges import touching

MOST_TOUCHING = 15.0
"""cm^2 of a single edge of the scan."""

LARGEST_ML = 1900.0
"""Of an extracted brain."""

NEARLY_ALL = 0.75
"""Share of what is not zero."""


@BRAINS.register(AUTO)
class Auto(Way):
    """Chooses one of the others."""

    title = "as suits the scan"
    help = "Your mask; else what is not zero, if a brain was already extracted; else deepbet (CT: threshold)."
    order = 0

    def find(self, head: Head) -> Brain:
        if head.given is not None:
            return BRAINS[GIVEN]().find(head)
        if head.ct:
            return BRAINS["threshold"]().find(head)
        inside = tissue(head)
        if inside is not None and not LEAST_ML <= head.ml(inside) <= MOST_ML:
            inside = None
        if inside is not None and _is_whole_brain(head, inside):
            return BRAINS["nonzero"]().find(head)
        found = BRAINS["deepbet"]().find(head)
        if inside is not None and np.count_nonzero(found.mask) > NEARLY_ALL * np.count_nonzero(inside):
            return BRAINS["nonzero"]().find(head)
        return found


def _is_whole_brain(head: Head, inside: NDArray[np.bool_]) -> bool:
    """Whether what is not zero has the size of a brain, and all of it is within the scan."""
    edges = touching(inside, head.affine)
    return head.ml(inside) <= LARGEST_ML and max(edges.values()) <= MOST_TOUCHING
