"""The way that suits a scan: a mask that came along; of a CT the threshold; of MR what is not zero, if that
is a brain already extracted, and else the network.

A head whose background was set to zero is not taken for a brain: what is not zero must lie within the scan
with at most `MOST_TOUCHING` of an edge, which no neck or cut head does, and have the size of one brain. Where
it does not, as in a slab, the network is asked; it decides for "already extracted" where it marks nearly all
of it, which it never does of a head with its scalp.
"""

from __future__ import annotations

from explorer.scans.placing.brain.base import AUTO, BRAINS, GIVEN, LEAST_ML, MOST_ML, Brain, Head, Way
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
        if not head.on_zeros or not LEAST_ML <= head.ml(head.nonzero) <= MOST_ML:
            return BRAINS["deepbet"]().find(head)
        extracted = BRAINS["nonzero"]().find(head)
        if extracted.ml <= LARGEST_ML and max(touching(head.nonzero, head.affine).values()) <= MOST_TOUCHING:
            return extracted
        found = BRAINS["deepbet"]().find(head)
        return extracted if found.ml > NEARLY_ALL * extracted.ml else found
