"""Few threads, no traces from test to test, and browser tests where there is a browser."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.setdefault("OMP_NUM_THREADS", "2")  # read when torch is imported

import torch

torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))

BROWSER_TESTS = Path(__file__).parent / "browser"
REQUIRED = os.environ.get("EXPLORER_REQUIRE_BROWSER") == "1" or os.environ.get("CI", "").lower() == "true"
MISSING = [
    name
    for name, found in (
        ("chromium", shutil.which("chromium")),
        ("playwright", importlib.util.find_spec("playwright")),
    )
    if found is None
]


def pytest_report_header() -> list[str]:
    """Say beforehand that there will be no browser tests."""
    return [f"browser tests: missing {', '.join(MISSING)}"] if MISSING else []


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave out modules that could not be imported; where a browser is required, let them fail instead."""
    unimportable = "playwright" in MISSING and not REQUIRED and collection_path == BROWSER_TESTS
    return True if unimportable else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark browser tests; without a browser skip them, or refuse to run where one is required."""
    found = [item for item in items if BROWSER_TESTS in item.path.parents]
    if found and MISSING and REQUIRED:
        raise pytest.UsageError(
            f"browser tests are required, but {', '.join(MISSING)} is missing; install it"
        )
    for item in found:
        item.add_marker(pytest.mark.browser)
        if MISSING:
            item.add_marker(pytest.mark.skip(reason=f"{', '.join(MISSING)} is not installed"))


@pytest.fixture(autouse=True)
def same_arithmetic() -> Iterator[None]:
    """Training flushes denormal numbers to zero for the rest of the process; other tests need them."""
    yield
    torch.set_flush_denormal(False)
