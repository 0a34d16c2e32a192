"""Few threads, no traces from test to test, and tests of browser and proxy where there is one."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.proxy import NEEDED, found

os.environ.setdefault("OMP_NUM_THREADS", "2")  # read when torch is imported

import torch

pytest_plugins = ["tests.support.page"]

torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))

BROWSER_TESTS = Path(__file__).parent / "browser"
PROXY_TESTS = (Path(__file__).parent / "deploy", BROWSER_TESTS / "test_proxy.py")
REQUIRED = os.environ.get("EXPLORER_REQUIRE_BROWSER") == "1" or os.environ.get("CI", "").lower() == "true"
MISSING = [
    name
    for name, found in (
        ("chromium", shutil.which("chromium")),
        ("playwright", importlib.util.find_spec("playwright")),
    )
    if found is None
]
PROXY_REQUIRED = os.environ.get("EXPLORER_REQUIRE_NGINX") == "1"
PROXY_MISSING = [name for name in NEEDED if found(name) is None]


def pytest_report_header() -> list[str]:
    """Say beforehand that there will be no tests of the browser or the proxy."""
    kinds = (("browser", MISSING), ("proxy", PROXY_MISSING))
    return [f"{kind} tests: missing {', '.join(missing)}" for kind, missing in kinds if missing]


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave out modules that could not be imported; where a browser is required, let them fail instead."""
    unimportable = "playwright" in MISSING and not REQUIRED and collection_path == BROWSER_TESTS
    return True if unimportable else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark browser tests; skip what cannot run, or refuse to run where it is required."""
    browser = [item for item in items if BROWSER_TESTS in item.path.parents]
    for item in browser:
        item.add_marker(pytest.mark.browser)
    proxy = [item for item in items if any(item.path.is_relative_to(place) for place in PROXY_TESTS)]
    _skip_or_refuse("browser", browser, MISSING, REQUIRED)
    _skip_or_refuse("proxy", proxy, PROXY_MISSING, PROXY_REQUIRED)


def _skip_or_refuse(kind: str, items: list[pytest.Item], missing: list[str], required: bool) -> None:
    if not items or not missing:
        return
    if required:
        raise pytest.UsageError(f"{kind} tests are required, but {', '.join(missing)} is missing; install it")
    for item in items:
        item.add_marker(pytest.mark.skip(reason=f"{', '.join(missing)} is not installed"))


@pytest.fixture(autouse=True)
def same_arithmetic() -> Iterator[None]:
    """Training flushes denormal numbers to zero for the rest of the process; other tests need them."""
    yield
    torch.set_flush_denormal(False)
