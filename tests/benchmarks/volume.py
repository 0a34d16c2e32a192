"""How long a scan of 256 x 256 x 160 voxels takes from file to map by `kl-gradient`, and how much memory.

    python -m tests.benchmarks.volume [--file SCAN] [--threads 2]

The scan is a synthetic brain of 1 mm, packed, turned obliquely, unless a file is given. Idle is the process
with everything imported and the model loaded. Prints each step's seconds; exits with 1 where the whole takes
more than 60 s, or the peak is more than 2 GB above idle.
"""

from __future__ import annotations

import argparse
import gzip
import resource
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch

from explorer.cards import load_pretrained
from explorer.evaluation.cohort import Scoring
from explorer.predictors import PREDICTORS
from explorer.scans.placing.preparing import prepare_volume
from explorer.scans.reading.files import ScanFile
from explorer.scans.reading.loading import load_scan
from explorer.scans.reading.scan import Scan
from explorer.scans.scoring.scoring import ScoredScan, score_scan
from explorer.scans.writing.export import map_bytes
from tests.support.phantoms import CENTRE, head, nifti_bytes, oblique_affine

SECONDS, MEGABYTES = 60.0, 2000.0
SHAPE = (256, 256, 160)

T = TypeVar("T")


def scan_file() -> ScanFile:
    """A textured oblique head, packed as scanners' files are."""
    affine = oblique_affine((12.0, -8.0, 5.0))
    affine[:3, :3] /= np.linalg.norm(affine[:3, :3], axis=0)
    affine[:3, 3] = CENTRE - affine[:3, :3] @ (np.array(SHAPE) - 1) / 2
    data = head(affine, SHAPE)
    data *= 1 + 0.1 * np.random.default_rng(0).standard_normal(SHAPE, dtype=np.float32)
    return ScanFile("scan.nii.gz", gzip.compress(nifti_bytes((20 * data).astype(np.int16), affine), 1))


def timed(name: str, work: Callable[[], T]) -> T:
    """Do the work and print how long it took."""
    began = time.perf_counter()
    result = work()
    print(f"{name:<22} {time.perf_counter() - began:6.2f} s")
    return result


class Peak:
    """The highest resident memory while it runs, MB, read 100 times a second."""

    def __enter__(self) -> Peak:
        self.highest, self._stop = resident_mb(), threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def _watch(self) -> None:
        while not self._stop.wait(0.01):
            self.highest = max(self.highest, resident_mb())

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()


def resident_mb() -> float:
    """Resident memory of this process, MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def last(scan: Scan, scoring: Scoring) -> bytes:
    """Prepare, score and write a scan."""
    prepared = timed("prepare", lambda: prepare_volume(scan))

    def run() -> ScoredScan:
        *_, scored = score_scan(prepared, scoring)
        return scored

    scored = timed(f"score {len(prepared.slices)} slices", run)
    values = scored.values["kl-gradient"][:, 0].numpy()
    back = timed("back to the scan", lambda: prepared.placement.to_scan(values))
    return timed("write .nii.gz", lambda: map_bytes(scan, back, ".nii.gz"))


def main() -> int:
    """Run the benchmark; the exit code says whether both targets were met."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--file", type=Path, help="a scan instead of the synthetic one")
    parser.add_argument("--threads", type=int, default=2, help="of torch (default: 2)")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    file = scan_file() if arguments.file is None else ScanFile.at(arguments.file)
    model = load_pretrained("beta-vae-brain", torch.device("cpu")).model
    predictors = {"kl-gradient": PREDICTORS["kl-gradient"]()}
    scoring = Scoring(model, None, predictors, 1.0, 1.0, torch.device("cpu"))
    idle = resident_mb()
    with Peak() as peak:
        began = time.perf_counter()
        scan = timed("load", lambda: load_scan(file))
        written = last(scan, scoring)
        seconds = time.perf_counter() - began
    above = peak.highest - idle
    print(f"{' x '.join(map(str, scan.data.shape))} voxels, a map of {len(written) / 1e6:.1f} MB")
    print(f"whole {seconds:.1f} s (target {SECONDS:g}); {above:.0f} MB above idle (target {MEGABYTES:g})")
    return int(seconds > SECONDS or above > MEGABYTES)


if __name__ == "__main__":
    sys.exit(main())
