"""Conformal risk control: from n healthy scans, a threshold with a promise for the next one.

Angelopoulos, Bates, Fisch, Lei and Schuster: Conformal Risk Control, 2022, arXiv 2208.02814. The loss of a
scan at a threshold t is the share of its pixels that score t or higher: at most 1, and it never rises with t.
With R(t), the mean loss of n scans, the threshold for a share alpha is

    t = the smallest score with n / (n + 1) R(t) + 1 / (n + 1) <= alpha

If the next scan is exchangeable with the n (another person in the same scanner, prepared likewise), its
expected loss is at most alpha, whatever the scores are like. The expectation runs over the n scans as well as
over the next one: single scans lie above and below. As R is at least 0, n scans promise no share below
1 / (n + 1).

Losses are read off bounds that were kept for some shares, and are rounded up between them, so that the
promise holds.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from explorer.evaluation.histogram import ScoreHistogram, decode

SHARES = (*(10 ** (-step / 32) for step in range(129)), 0.0)
"""Shares of a scan for which bounds are kept: from 1 to 1 in 10,000, each 7 % below the last, and 0."""

_ROUNDING = 1e-12
"""What sums of shares may be off by."""


def upper_bounds(scores: ScoreHistogram) -> Tensor:
    """For each of `SHARES` a score that at most that share of pixels reach, (L,), float64, never falling.

    It is the smallest such score to 12 bits.

    Raises:
        ValueError: where no pixel was counted.
    """
    if not scores.healthy:
        raise ValueError("scores must be of at least one healthy pixel, got none")
    below = scores.counts[0].cumsum(0)  # pixels that score less than the next code
    wanted = torch.tensor([math.ceil((1 - share) * scores.healthy - 1e-6) for share in SHARES])
    kept = torch.searchsorted(below, wanted.clamp(min=1))
    return decode(scores.codes[kept] + 1).double()


def share_reaching(bounds: Tensor, threshold: float) -> Tensor:
    """A bound on the share of each scan's pixels that score `threshold` or higher, (n,), float64.

    Args:
        bounds: of n scans, as `upper_bounds` gives them, (n, L).
        threshold: a score.
    """
    kept = (bounds <= threshold).sum(1)
    return torch.tensor([1.0, *SHARES], dtype=torch.float64)[kept]


def threshold_for(bounds: Tensor, alpha: float) -> float | None:
    """The smallest threshold that promises a share of false positives on the next healthy scan.

    Args:
        bounds: of n healthy scans, as `upper_bounds` gives them, (n, L).
        alpha: that share of its pixels, as expected, in (0, 1).

    Returns:
        The threshold; None where so few scans cannot promise that share, see `least_share`.

    Raises:
        ValueError: where `alpha` is no such share or there is no scan.
    """
    check_share("alpha", alpha)
    n = len(bounds)
    if least_share(n) > alpha + _ROUNDING:
        return None
    candidates = bounds.flatten().sort().values  # the mean loss falls at these scores only
    low, high = 0, len(candidates) - 1
    while low < high:
        middle = (low + high) // 2
        risk = float(share_reaching(bounds, float(candidates[middle])).mean())
        if (n * risk + 1) / (n + 1) <= alpha + _ROUNDING:
            high = middle
        else:
            low = middle + 1
    return float(candidates[high])


def least_share(n: int) -> float:
    """The smallest share that n scans can promise, 1 / (n + 1); ValueError for no scan.

    >>> least_share(3)
    0.25
    """
    if n < 1:
        raise ValueError(f"a promise needs at least 1 healthy scan, got {n}")
    return 1 / (n + 1)


def scans_needed(alpha: float) -> int:
    """How many scans it takes to promise a share.

    >>> scans_needed(0.01), scans_needed(0.3)
    (99, 3)
    """
    check_share("alpha", alpha)
    return max(math.ceil(1 / alpha - 1 - 1e-9), 1)


def check_share(name: str, value: float) -> None:
    """Raise ValueError unless `value` lies between 0 and 1."""
    if not 0 < value < 1:
        raise ValueError(f"{name} must be a share of pixels between 0 and 1, as 0.01, got {value:g}")
