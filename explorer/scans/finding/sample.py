"""One number a scan: the surprise of its codes above the healthy threshold, beside that of healthy scans.

Naval Marimont and Tarroni, 2020, arXiv 2012.06765; see `explorer.evaluation.sample_scores`.
"""

from __future__ import annotations

from dataclasses import dataclass

from explorer.evaluation.calibration import of_scans
from explorer.evaluation.cohort import Scoring
from explorer.evaluation.sample_scores import SURPRISE
from explorer.scans.scoring.scoring import ScoredScan

MOST = 0.95
"""Share of healthy scans that is named."""


@dataclass(frozen=True)
class Sample:
    """How anomalous a scan is as a whole.

    Attributes:
        nats: surprise above the healthy threshold, summed over the scan.
        whose: what its healthy range is of: `scans`, or `images` for a picture.
        most: what 95 % of those do not exceed, nats; None where it is not known.
        all: what none of them exceeds, nats; None where it is not known.
    """

    nats: float
    whose: str
    most: float | None
    all: float | None

    @property
    def sentence(self) -> str:
        """What it says, without its full stop."""
        if self.most is None or self.all is None:
            range_ = f"how healthy {self.whose} score is not known: add it with python -m explorer calibrate"
        else:
            range_ = (
                f"healthy {self.whose}: {100 * MOST:g} % up to {self.most:,.0f}, all up to {self.all:,.0f}"
            )
        return f"{self.nats:,.0f} nats above the healthy threshold of a code; {range_}"


def sample_of(scored: ScoredScan, scoring: Scoring) -> Sample | None:
    """The sample score of a scan that was scored to its end; None where the model has none."""
    if scored.surprise is None or scoring.calibration is None:
        return None
    picture = len(scored.surprise) == 1
    name, whose = (SURPRISE, "images") if picture else (of_scans(SURPRISE), "scans")
    nats = float(scored.surprise.nansum())
    if not scoring.calibration.knows(name):
        return Sample(nats, whose, None, None)
    most, highest = (float(scoring.calibration.quantile(name, scoring.beta, level)) for level in (MOST, 1.0))
    return Sample(nats, whose, most, highest)
