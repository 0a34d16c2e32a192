"""Streamlit servers for browser tests and benchmarks, and what they cost."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
BARE = """
import streamlit as st
with st.sidebar:
    value = st.slider("Value", 0, 100, 50)
st.write("The value is", value)
"""


@contextmanager
def streamlit(
    script: Path,
    folder: Path = ROOT,
    base: str = "",
    *,
    listening: str = "127.0.0.1",
    env: Mapping[str, str] | None = None,
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A server of `script` on a free port, started in `folder`; yields its address and its process.

    Args:
        script: of the app.
        folder: where its settings are looked for.
        base: the path under which it serves, e.g. `/explorer`.
        listening: the address on which it listens; empty: as its settings say.
        env: further variables of its environment.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--server.port", str(port), "--server.headless", "true"]
    options += ["--server.address", listening] if listening else []
    options += ["--server.baseUrlPath", base] if base else []
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", str(script), *options],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false", **(env or {})},
    )
    address = f"http://127.0.0.1:{port}{base}"
    try:
        _wait_for(f"{address}/_stcore/health", process)
        yield address, process
    finally:
        process.terminate()
        process.wait(20)


def resident_mb(process: subprocess.Popen[bytes]) -> float:
    """Resident memory of the server, MB."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1000


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise RuntimeError(f"the server stopped with code {process.returncode}")
        try:
            urllib.request.urlopen(address, timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server did not answer within 30 s")
