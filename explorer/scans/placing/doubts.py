"""What is doubtful about a brain that was found: its volume, its place, its shape, its intensities.

Nothing is refused here: each doubt becomes a sentence that stands in record, report, page and terminal.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from explorer.scans.placing.brain.base import GIVEN, Brain, Head
from explorer.scans.placing.edges import touching
from explorer.scans.placing.lying import lying

WHOLE_ML = (1000.0, 1800.0)
"""Volume of a whole brain of an adult."""

EXTENT_MM = (135.0, 175.0, 135.0)
"""Of a brain from left to right, back to front, bottom to top."""

CUT_CM2 = 15.0
"""How much of an edge of the scan a brain must touch to be cut there; a tight frame touches less."""

LEAST_SPREAD = 0.2
"""From the 10th to the 90th percentile of a brain, in units of its median; real ones: .6 and more."""

EMPTY, MOST_EMPTY = 0.05, 0.14
"""What is at most so bright, in units of a brain's median, is as dark as empty background; real brains have
up to .11 of it, masks 40 mm beside them .10 to .53."""

LOOK = "look at its outline, and choose another way to find it or bring a mask"


def expected_ml(affine: NDArray[np.float64], shape: tuple[int, ...], *, cut: bool) -> tuple[float, float]:
    """The volume that a brain can have in a scan.

    A whole brain has 1,000 to 1,800 ml. Of one that is cut by the edges, the upper end is the share that an
    ellipsoid of a brain's extent has within a field of that size about its centre; the lower end is half of
    that share, as the field may lie elsewhere.

    Args:
        affine: of the scan, (4, 4).
        shape: of the scan.
        cut: whether the brain touches an edge.

    >>> [round(ml) for ml in expected_ml(np.diag([1.0, 1, 1, 1]), (200, 200, 60), cut=True)]
    [311, 1121]
    """
    least, most = WHOLE_ML
    if not cut:
        return least, most
    field = np.abs(affine[:3, :3]) @ np.array(shape)
    parts = np.minimum(field / np.array(EXTENT_MM), 1)
    share = float(np.prod(1.5 * parts - 0.5 * parts**3))
    return least * share / 2, most * share


def cut_at(brain: Brain, head: Head) -> list[str]:
    """The sides on which a brain is cut by the edge of the scan."""
    return [side for side, area in touching(brain.mask, head.affine).items() if area > CUT_CM2]


def notes_on(cut: list[str]) -> Iterator[str]:
    """What should be known of a brain that is cut at some sides."""
    if cut:
        yield (
            f"The brain reaches the edge of the scan ({', '.join(cut)}): part of it is missing, so its place "
            "and size are guessed from the rest."
        )


def doubts_on(brain: Brain, head: Head, cut: list[str]) -> Iterator[str]:
    """Sentences on what is doubtful.

    Args:
        brain: as it was found.
        head: what it was found in.
        cut: where it is cut by the edge.
    """
    if brain.mask.all():
        yield "The brain mask marks the whole scan, background and all."
    least, most = expected_ml(head.affine, head.data.shape, cut=bool(cut))
    if not least <= brain.ml <= most:
        yield (
            f"The brain has {brain.ml:,.0f} ml, where this scan should hold {least:,.0f} to {most:,.0f}: it "
            f"is not all there, or not all of it is brain; {LOOK}."
        )
    if brain.ml >= WHOLE_ML[0] and (doubt := _on_lying(brain, head, cut=bool(cut))):
        yield doubt
    values = head.data[brain.mask][:: max(1, int(np.count_nonzero(brain.mask)) // 2**20)]
    low, middle, high = (float(value) for value in np.quantile(values, (0.1, 0.5, 0.9)))
    empty = float((values <= EMPTY * middle).mean())
    if not head.ct and empty > MOST_EMPTY:
        whose = "is the mask of this scan?" if brain.way == GIVEN else "is half of it missing?"
        yield f"{100 * empty:.0f} % of the brain is as dark as empty background: {whose}"
    if not head.ct and high - low < LEAST_SPREAD * abs(middle):
        yield "The brain is of nearly one intensity, as no living one is: is it a phantom?"


def _on_lying(brain: Brain, head: Head, *, cut: bool) -> str:
    """Whether it lies as said; of a cut one, which has another shape, whether it lies better otherwise."""
    found = lying(brain.mask, head.affine)
    if found.right or (cut and not found.turned):
        return ""
    shape = f"The brain does not have a brain's shape as the file says it lies (overlap {found.fit:.2f})"
    if found.turned:
        return (
            f"{shape}; it fits better {found.turned}. The network saw it as the file says: check the "
            "orientation."
        )
    return f"{shape}: is it a brain, and are orientation and voxel size right? If so, {LOOK}."
