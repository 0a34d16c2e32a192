"""How long the server takes for the frames of a brain slice, how large they are, whether its memory grows.

    python -m tests.benchmarks.viewer [--slices 300]

Every slice is new, with all predictors of the page. Times run from the change to the packet: of the current
beta's frame, and of all 25 training betas and 26 scoring betas. The slices themselves are made beforehand. On
a machine that is busy with other work, the time of the processor says more than that on the clock.
Exits with 1 when a target is missed.
"""

from __future__ import annotations

import argparse
import dataclasses
import statistics
import sys
import time
from pathlib import Path

import torch

from explorer.looking import server as machine
from explorer.looking.defaults import default_state
from explorer.looking.output.packets import packets
from explorer.looking.scene import resolve
from explorer.looking.state import State

TIMED = 20
MAX_FIRST, MAX_ALL, MAX_BYTES, MAX_GROWTH = 0.3, 1.5, 3e6, 100.0
"""Seconds to the first frame and to all, bytes of a slice, MB of growth."""


def slices(count: int) -> list[State]:
    """States of as many different slices, ready to be scored."""
    start = default_state()
    dataset = machine.dataset(start.dataset)
    places = [(i % 200, 20 + i // 200 * 7 + i % 7) for i in range(count)]
    for place in places[:TIMED]:
        dataset.slice("test", *place)
    return [dataclasses.replace(start, place=place) for place in places]


def timed(state: State) -> tuple[float, float, float, int]:
    """Seconds to the first packet and to the complete one, seconds of processor, and the bytes of both."""
    began, busy = time.perf_counter(), time.process_time()
    running = packets(resolve(state))
    sent = [next(running)]
    first = time.perf_counter() - began
    sent.extend(running)
    size = sum(len(packet) for packet in sent if packet is not None)
    return first, time.perf_counter() - began, time.process_time() - busy, size


def resident_mb() -> float:
    """Memory of this process, MB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


def server(count: int) -> list[str]:
    """Measure and print; what was missed."""
    states = slices(max(count, TIMED + 1))
    device = machine.device()
    first, full, busy, _ = timed(states[TIMED])
    print(f"{device}, {torch.get_num_threads()} threads, {len(states[0].predictors)} predictors")
    print(f"first slice of a server: first frame {first:.3f} s, all {full:.3f} s, processor {busy:.3f} s")
    firsts, fulls, busies, sizes = zip(*(timed(state) for state in states[:TIMED]), strict=True)
    print(f"first frame   median {statistics.median(firsts):6.3f} s   worst {max(firsts):6.3f} s")
    print(f"all frames    median {statistics.median(fulls):6.3f} s   worst {max(fulls):6.3f} s")
    print(f"processor     median {statistics.median(busies):6.3f} s   worst {max(busies):6.3f} s")
    print(f"size          median {statistics.median(sizes) / 1e6:6.2f} MB  worst {max(sizes) / 1e6:6.2f} MB")
    missed = ["first frame"] * (statistics.median(firsts) > MAX_FIRST)
    missed += ["all frames"] * (statistics.median(fulls) > MAX_ALL) + ["size"] * (max(sizes) > MAX_BYTES)
    if count > TIMED:
        before = resident_mb()
        for state in states[TIMED:]:
            timed(state)
        growth = resident_mb() - before
        print(f"memory over {len(states) - TIMED} slices {growth:+.0f} MB")
        missed += ["memory"] * (growth > MAX_GROWTH)
    return missed


def main() -> int:
    """Run the benchmark; the exit code says whether all targets were met."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--slices", type=int, default=300, help="slices for the memory figure; 0: skip")
    missed = server(parser.parse_args().slices)
    print("missed: " + ", ".join(missed) if missed else "all targets met")
    return bool(missed)


if __name__ == "__main__":
    sys.exit(main())
