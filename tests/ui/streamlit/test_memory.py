"""What was freed goes back to the machine; a process of its own shows it, as others keep what they please."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import gc, sys, threading
from pathlib import Path
import numpy as np
from explorer.ui.streamlit.memory import give_back, give_large_pieces_back

def resident_mb():
    line = next(one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith("VmRSS"))
    return int(line.split()[1]) / 1000

def work():
    for size in (8_000_000, 4_000_000, 2_000_000, 1_500_000):  # large pieces, that grow the library's bound
        del_me = [np.ones(size // 8) for _ in range(8)]
        kept.append(np.ones(100))
    small = [np.ones(1000) for _ in range(10_000)]  # 80 MB
    kept.append(small[-1])

kept = []
if "large" in sys.argv:
    give_large_pieces_back()
before = resident_mb()
for _ in range(3):
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
if "all" in sys.argv:
    give_back()
print(resident_mb() - before)
"""


def grown_mb(*words: str) -> float:
    done = subprocess.run([sys.executable, "-c", PROGRAM, *words], capture_output=True, text=True, check=True)
    return float(done.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="about the GNU C library")
def test_what_was_freed_goes_back() -> None:
    assert grown_mb("large", "all") < 15 < grown_mb()
