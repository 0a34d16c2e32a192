"""How long a slice of the synthetic brain cohort takes on one core.

    python -m tests.benchmarks.slices

Each slice is of another subject, so nothing is reused but the template. Exits with 1 above 30 ms.
"""

from __future__ import annotations

import statistics
import sys
import time

import torch

from explorer.datasets import load_dataset
from explorer.datasets.brain.variation import CONTRASTS

SLICES, TARGET_MS = 60, 30.0


def main() -> int:
    """Print the time of the first slice and the median of the others."""
    torch.set_num_threads(1)
    began = time.perf_counter()
    load_dataset("brain/flair").slice("test", 0, 30)
    print(f"first slice, template included: {time.perf_counter() - began:.2f} s")
    times = []
    for subject in range(1, SLICES + 1):
        dataset = load_dataset(f"brain/{CONTRASTS[subject % len(CONTRASTS)]}")
        began = time.perf_counter()
        dataset.slice("test", subject, subject % 60)
        times.append(1000 * (time.perf_counter() - began))
    median = statistics.median(times)
    print(f"a slice: median {median:.1f} ms, worst {max(times):.1f} ms (target: at most {TARGET_MS:g} ms)")
    return int(median > TARGET_MS)


if __name__ == "__main__":
    sys.exit(main())
