"""The version of Streamlit is the one that this room was written for."""

from __future__ import annotations

import re

import streamlit

from explorer.ui.streamlit.guard import TESTED
from tests.support.server import ROOT


def test_streamlit_is_pinned_to_the_version_that_is_tested() -> None:
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    (pin,) = [line for line in lines if re.match(r"streamlit\b(?!-)", line)]
    assert re.fullmatch(r"streamlit==\d+\.\d+\.\d+", pin)
    assert pin == f"streamlit=={TESTED}" == f"streamlit=={streamlit.__version__}"
