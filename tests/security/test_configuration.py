"""The server's settings: protection of uploads is on, under names that Streamlit knows."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from streamlit import config

PATH = Path(__file__).parent.parent.parent / ".streamlit" / "config.toml"
SETTINGS = {
    f"{section}.{key}": value
    for section, entries in tomllib.loads(PATH.read_text(encoding="utf-8")).items()
    for key, value in entries.items()
}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("server.enableXsrfProtection", True),
        ("server.enableCORS", True),
        ("server.enableStaticServing", False),
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
