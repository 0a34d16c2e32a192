"""The server's settings: protection is on, under names that Streamlit knows, and errors show no details."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit import config

from tests.support.server import ROOT, streamlit
from tests.support.session import asking, connected, parsed

PATH = ROOT / ".streamlit" / "config.toml"


def _flat(entries: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Settings of a section and of the sections in it, with their names within it."""
    for key, value in entries.items():
        if isinstance(value, dict):
            yield from ((f"{key}.{inner}", one) for inner, one in _flat(value))
        else:
            yield key, value


SETTINGS = {
    f"{section}.{key}": value
    for section, entries in tomllib.loads(PATH.read_text(encoding="utf-8")).items()
    for key, value in _flat(entries)
}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("server.enableXsrfProtection", True),
        ("server.enableCORS", True),
        ("server.enableStaticServing", False),
        ("server.enableAgentApi", False),
        ("server.fileWatcherType", "none"),
        ("client.showErrorDetails", "none"),
        ("client.showErrorLinks", False),
        ("browser.gatherUsageStats", False),
    ],
)
def test_protection_is_on(key: str, value: object) -> None:
    assert SETTINGS[key] == value


def test_uploads_are_limited() -> None:
    assert SETTINGS["server.maxUploadSize"] <= 200


def test_streamlit_knows_every_setting() -> None:
    assert set(SETTINGS) <= set(config.get_config_options())


def seen(address: str) -> bytes:
    """All that a browser is sent during one run of a page."""
    sent = b""
    with connected(address) as connection:
        connection.send(asking())
        while True:
            part = bytes(connection.recv(60, decode=False))
            sent += part
            if parsed(part).WhichOneof("type") == "script_finished":
                return sent


@pytest.mark.parametrize("framed", [True, False], ids=["within the app", "alone"])
def test_a_page_that_fails_shows_no_details(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, framed: bool
) -> None:
    page = tmp_path / "explorer" / "ui" / "pages" / "main.py"
    page.parent.mkdir(parents=True)
    page.write_text("import streamlit as st\nst.write('before')\nraise RuntimeError('/home/jane/scan.nii')\n")
    (tmp_path / ".streamlit").mkdir()
    shutil.copy(PATH, tmp_path / ".streamlit")
    shutil.copy(ROOT / "app.py", tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    with streamlit(tmp_path / "app.py" if framed else page, tmp_path) as (address, _):
        sent = seen(address)
    assert b"before" in sent
    assert (b"Something went wrong in the program" in sent) is framed
    assert not any(word in sent for word in (b"jane", b"Traceback", b"raise RuntimeError"))
