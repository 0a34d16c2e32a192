"""Texts that strangers may put into names, cards and headers, and what nobody may be shown of them."""

from __future__ import annotations

import re

HOST = "leak.example"

FOREIGN = {
    "picture": f"![x](//{HOST}-a.png)",
    "link": f"[click](//{HOST}-b)",
    "directive": ":red[y] :material-warning:",
    "code": "`a` **b** _c_ ~~d~~ $e$ # f | g",
    "html": f"<img src='--{HOST}' onerror='alert(1)'><script>alert(2)<-script>",
    "control": "a\x1b[31m\x07b\r\n\nc",
    "bidi": "a\u202egnp.nacs\u2066b\u200bc",
    "long": "x" * 5000,
    "formula": "=HYPERLINK(1)",
}
"""By what each tries."""


def meant(markdown: str) -> list[str]:
    """What Markdown would make of a text: pictures, links, HTML that no backslash disarms."""
    bare = re.sub(r"\\.", "", markdown)
    return re.findall(r"!?\[[^\]]*\]\(|<[a-z/!][^>]*>|:\w+\[", bare)


def unseen(text: str) -> list[str]:
    """Letters of a text that a person does not see, or sees elsewhere; line ends are the writer's own."""
    return [letter for letter in text if not letter.isprintable() and letter != "\n"]


def forged(page: str) -> list[str]:
    """The elements that foreign texts have made on a page of HTML."""
    return re.findall(rf"<(?:script>alert|img src='--{HOST})", page)
