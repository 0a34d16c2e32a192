"""Texts from elsewhere stay texts."""

from __future__ import annotations

import string

from explorer.ui.messages import plain


def test_pictures_code_and_directives_lose_their_meaning() -> None:
    assert plain("`![x](http://host)` :red[y]") == r"\`\!\[x\](http\://host)\` \:red\[y\]"


def test_a_text_is_one_line_and_keeps_its_characters() -> None:
    assert plain("a\n\n# b") == r"a \# b"
    text = string.ascii_letters + string.digits + "β-_.,;"
    assert plain(text).replace("\\", "") == text
