"""Templates: what is filled in stays text, and what is missing is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import UndefinedError

from explorer.templates import render


@pytest.fixture
def page(tmp_path: Path) -> Path:
    (tmp_path / "row.html").write_text("<td>{{ value }}</td>")
    path = tmp_path / "page.html"
    rows = '{% for value in cells %}{% include "row.html" %}{% endfor %}'
    path.write_text(f'<p title="{{{{ title }}}}">{rows}</p>')
    return path


def test_values_are_escaped_in_texts_attributes_and_included_files(page: Path) -> None:
    assert render(page, title='"><script>', cells=["<b>", 3]) == (
        '<p title="&#34;&gt;&lt;script&gt;"><td>&lt;b&gt;</td><td>3</td></p>'
    )


def test_a_missing_value_is_named(page: Path) -> None:
    with pytest.raises(UndefinedError, match="title"):
        render(page, cells=[])
