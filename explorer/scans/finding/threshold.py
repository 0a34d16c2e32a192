"""The threshold that a map begins with: what it is, and what it stands for in words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.evaluation.risk_control import least_share, scans_needed
from explorer.scans.calibrating.own import OwnHealthy
from explorer.scans.finding.healthy import Healthy
from explorer.scans.scoring.jobs import Job


@dataclass(frozen=True)
class Threshold:
    """The lowest score that counts as anomalous.

    Attributes:
        score: that score.
        meaning: what it stands for, as a sentence without its full stop.
    """

    score: float
    meaning: str


def first_threshold(job: Job, healthy: Healthy | None, scores: NDArray[np.float32]) -> Threshold:
    """The threshold for the job's share of false positives.

    Of healthy scans of a person's own, conformal risk control where so many can promise that share; or else
    the quantile of the healthy pixels; or else that of the scan's own.

    Args:
        job: how the scan was scored.
        healthy: the scores that the map is read against, or None.
        scores: of the map's pixels that count, (P,).
    """
    level = 1 - job.false_positives
    if healthy is None:
        return _below(float(np.quantile(scores, level)), level, "this scan's own pixels")
    if healthy.own is None:
        return _below(healthy.quantiles([level])[0], level, f"healthy pixels ({job.contrast})")
    return _of_own(healthy, healthy.own, job.false_positives)


def _of_own(healthy: Healthy, own: OwnHealthy, share: float) -> Threshold:
    promised = own.threshold(healthy.name, healthy.beta, share)
    if promised is not None:
        meaning = (
            f"of the next healthy scan like these {own.whose}, at most {percent(share)} of the pixels are "
            "expected to score as high; that is promised on average over such scans, not for each"
        )
        return Threshold(promised, meaning)
    found = _below(healthy.quantiles([1 - share])[0], 1 - share, f"the pixels of {own.whose}")
    alone = f"{found.meaning}, without a promise for the next scan"
    return Threshold(found.score, f"{alone}: {promise(len(own.scans), share)}")


def promise(count: int, share: float) -> str:
    """What so many healthy scans can promise, and how many it takes for a share, as a clause.

    >>> promise(3, 0.01)
    '3 scans promise no share of false positives below 25 %, and 1 % takes 99 scans'
    """
    verb = "scans promise" if count > 1 else "scan promises"
    said = f"{count} {verb} no share of false positives below {percent(least_share(count))}"
    needed = scans_needed(share)
    return said if needed <= count else f"{said}, and {percent(share)} takes {needed:,} scans"


def _below(score: float, level: float, whose: str) -> Threshold:
    return Threshold(score, f"{percent(level)} of {whose} score lower")


def percent(share: float) -> str:
    """A share for people.

    >>> percent(0.99), percent(1 / 3)
    ('99 %', '33.3 %')
    """
    return f"{100 * share:.3g} %"
