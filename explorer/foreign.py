"""Texts from elsewhere: names, headers, cards and errors of files, which may hold anything.

Every such text goes through here before a person sees it. What is left has no letter that moves, hides or
turns others about: line ends, control characters, marks of direction, letters without a width. The page then
escapes its Markdown (`explorer.ui.messages`), pages and reports their HTML (`explorer.templates`).
"""

from __future__ import annotations

LONGEST = 300
"""Letters of what is repeated of an error or a card."""

FORMULA = ("=", "+", "-", "@")
"""What a spreadsheet takes for the beginning of a formula."""


def printable(text: str, instead: str = " ") -> str:
    r"""The text with something in the place of each letter that cannot be printed.

    >>> printable("a\x1b[31m\u202eb", "?")
    'a?[31m?b'
    """
    return "".join(letter if letter.isprintable() else instead for letter in text)


def one_line(text: object) -> str:
    r"""What a text or an error says, on one line.

    >>> one_line(" a\n\n  b ")
    'a b'
    """
    return " ".join(printable(str(text)).split())


def short(text: object) -> str:
    """The same, cut to `LONGEST` letters."""
    line = one_line(text)
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 4]} ..."


def cell(value: object) -> object:
    """A cell of a CSV table; a text that a spreadsheet would compute is marked as text, as spreadsheets do.

    >>> cell("=1+1"), cell("brain"), cell(-1.5)
    ("'=1+1", 'brain', -1.5)
    """
    if not isinstance(value, str):
        return value
    line = one_line(value)
    return f"'{line}" if line.startswith(FORMULA) else line
