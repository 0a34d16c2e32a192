"""The names of Streamlit's page: one list, known to the Streamlit that is installed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import streamlit

from explorer.ui.components.viewer import CONSTANTS
from explorer.ui.streamlit.selectors import APP, BROWSER, STYLED, Selector
from explorer.ui.streamlit.style import STYLE

NAME = re.compile(r"\bst[A-Z]\w+")


@pytest.fixture(scope="module")
def scripts() -> str:
    """All JavaScript of Streamlit's page."""
    folder = Path(streamlit.__file__).parent / "static" / "static" / "js"
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.js")))


@pytest.mark.parametrize("selector", [*STYLED, APP], ids=str)
def test_streamlit_still_has_the_names_of_a_selector(selector: Selector, scripts: str) -> None:
    for name in NAME.findall(selector.css):
        assert re.search(rf"[`'\" ]{name}[`'\" ]", scripts), f"{name} is gone: {selector.without}"


@pytest.mark.parametrize("name", sorted(set(BROWSER.values()) - {BROWSER["app"]}))
def test_streamlit_still_tells_its_connection_and_its_script(name: str, scripts: str) -> None:
    assert re.search(rf"[`'\"]{name}[`'\"]", scripts)


def test_the_style_sheet_uses_the_list_and_all_of_it() -> None:
    assert set(NAME.findall(STYLE)) == {name for one in STYLED for name in NAME.findall(one.css)}
    assert [one.css for one in STYLED if one.css not in STYLE] == []


def test_the_viewer_is_told_where_to_look() -> None:
    assert CONSTANTS["streamlit"] == BROWSER
    assert NAME.findall(BROWSER["app"]) == ["stApp"]
