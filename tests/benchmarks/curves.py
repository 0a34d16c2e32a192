"""Times ROC, AUROC and AP of 4 million pixels against scikit-learn and compares the areas.

Run as `python -m tests.benchmarks.curves`; exits with 1 when a target is missed.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

import torch
from sklearn import metrics  # type: ignore[import-untyped, unused-ignore]
from torch import Tensor

from explorer.evaluation.curves import auroc, average_precision, roc
from explorer.evaluation.histogram import ScoreHistogram

PIXELS = 4_000_000
REPETITIONS = 7
MIN_SPEEDUP = 20.0
MAX_ERROR = 1e-4
THREADS = 1  # scikit-learn uses one; two of ours would also wait for whatever else the machine does


def distributions() -> dict[str, tuple[Tensor, Tensor]]:
    """Scores and masks with 1 % to 5 % anomalous pixels, by name."""
    generator = torch.Generator().manual_seed(0)
    normal = torch.randn(PIXELS, generator=generator)
    uniform = torch.rand(PIXELS, generator=generator)
    rare, common = uniform < 0.01, uniform > 0.95
    exponential = -torch.rand(2, PIXELS, generator=generator).clamp(min=1e-30).log()
    gamma = exponential.sum(0)  # shape 2
    return {
        "gamma, 1 %": (torch.where(rare, 3 * gamma, gamma), rare),
        "lognormal, 5 %": (torch.where(common, normal + 1.5, 1.2 * normal).exp(), common),
        "normal, 1 %": (normal + 2 * rare, rare),
        "half zeros, 5 %": ((normal + 2 * common).clamp(min=0), common),
        "ties of 1/20, 5 %": ((normal + 2 * common).mul(20).round() / 20, common),
    }


def ours(scores: Tensor, mask: Tensor) -> tuple[float, float]:
    """AUROC and AP; the ROC is computed as well, as the page shows it."""
    h = ScoreHistogram.of(scores, mask)
    roc(h)
    return auroc(h), average_precision(h)


def scikit_learn(scores: Tensor, mask: Tensor) -> tuple[float, float]:
    """AUROC from the ROC, and AP."""
    labels, values = mask.numpy(), scores.numpy()
    false_positive_rate, true_positive_rate, _ = metrics.roc_curve(labels, values)
    area = metrics.auc(false_positive_rate, true_positive_rate)
    return float(area), float(metrics.average_precision_score(labels, values))


def seconds(function: Callable[[Tensor, Tensor], object], scores: Tensor, mask: Tensor) -> float:
    start = time.perf_counter()
    function(scores, mask)
    return time.perf_counter() - start


def main() -> int:
    """Print the table; 0 when every target is met."""
    torch.set_num_threads(THREADS)
    met = True
    print(f"{PIXELS:,} pixels, {THREADS} thread, median of {REPETITIONS} alternating runs")
    print(f"{'scores':<18} {'ours':>9} {'sklearn':>9} {'ratio':>7} {'AUROC off':>10} {'AP off':>10}")
    for name, (scores, mask) in distributions().items():
        pairs = zip(ours(scores, mask), scikit_learn(scores, mask), strict=True)  # warms both up
        errors = [abs(a - b) for a, b in pairs]
        times = [[seconds(f, scores, mask) for f in (ours, scikit_learn)] for _ in range(REPETITIONS)]
        fast, slow = (statistics.median(column) for column in zip(*times, strict=True))
        met = met and slow / fast >= MIN_SPEEDUP and max(errors) <= MAX_ERROR
        milliseconds = f"{1e3 * fast:>6.1f} ms {1e3 * slow:>6.0f} ms"
        print(f"{name:<18} {milliseconds} {slow / fast:>6.1f}x {errors[0]:>10.1e} {errors[1]:>10.1e}")
    print(f"target: {MIN_SPEEDUP:g}x and {MAX_ERROR:g}: {'met' if met else 'MISSED'}")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
