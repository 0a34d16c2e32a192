"""Whether a scan's scores are like the healthy ones that they are read against.

On another scanner all scores are shifted, those of healthy tissue as well, and percentiles do not hold.
Lesions raise the highest scores and leave the lower half nearly as it was. So the scan's middle score is
looked for among the healthy ones, together with the share of the scan that reaches what 99 % of healthy
pixels stay below: where both are high the healthy scores do not fit. Where that share is very high and the
middle is not, lesions may be the cause, or the healthy scores: so it is with intensities, whose median is the
same in all scans.

The limits were chosen on real healthy scans; see the table of `tests/benchmarks/thresholds.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.scans.finding.healthy import Healthy
from explorer.scans.finding.threshold import percent

LEVEL = 0.99
"""Share of healthy pixels that score below the mark."""

MANY, MOST = 0.02, 0.04
"""Shares of a scan above the mark: more than is usual of a healthy one, and more than any should have."""

HIGH, LOW = 0.62, 0.2
"""Levels of the healthy scores between which a scan's middle score should lie."""

FEW = 0.005
"""Share of a scan above the mark that is less than is usual."""


@dataclass(frozen=True)
class Likeness:
    """Where a scan's scores lie among healthy ones.

    Attributes:
        above: share of the scan that reaches what 99 % of healthy pixels stay below.
        middle: share of healthy pixels that score lower than the middle score of the scan.
        high: whether the middle score is above that of healthy scans.
        low: whether it is below.
        own: whether the healthy scans are the person's own.
    """

    above: float
    middle: float
    high: bool
    low: bool
    own: bool

    @property
    def doubt(self) -> str:
        """Says in sentences that percentiles and threshold do not hold, and why; empty where they do."""
        if self.above > MOST or (self.above > MANY and self.high):
            return self._too_many()
        if self.low and self.above < FEW:
            return (
                "Percentiles may be too low and the threshold too high for this scan: half of its pixels "
                f"score lower than {percent(1 - self.middle)} of healthy ones, so lesions may be missed. "
                f"{self._remedy}"
            )
        return ""

    def _too_many(self) -> str:
        found = (
            f"{percent(self.above)} of its pixels score higher than {percent(LEVEL)} of healthy ones do, and"
        )
        if self.high:
            return (
                f"Percentiles and threshold do not hold for this scan: {found} half of them score higher "
                f"than {percent(self.middle)} of healthy ones, which lesions hardly cause. {self._remedy}"
            )
        return (
            f"Percentiles and threshold may not hold for this scan: {found} of a healthy scan 1 % should. "
            f"Unless lesions take up that much of it, the healthy scores do not fit. {self._remedy}"
        )

    @property
    def _remedy(self) -> str:
        if self.own:
            return "The healthy scans should be of the same scanner and protocol, prepared in the same way."
        return "Calibrating on healthy scans of the same scanner helps."


def likeness_of(scores: NDArray[np.float32], healthy: Healthy) -> Likeness:
    """Compare a scan's scores with healthy ones.

    Args:
        scores: of the pixels that count, (P,), finite.
        healthy: the scores that fit the map.
    """
    low, high, mark = healthy.quantiles([LOW, HIGH, LEVEL])
    middle = float(np.median(scores))
    return Likeness(
        above=float(np.mean(scores >= mark)),
        middle=healthy.percentile(middle),
        high=middle > high,
        low=middle < low,
        own=healthy.own is not None,
    )
