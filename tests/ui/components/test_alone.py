"""A component in a file of its own: the component's very script, and nothing foreign that could act."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from explorer import NOTICE
from explorer.ui.components.alone import About, alone, policy, script_of
from explorer.ui.components.bundle import bundled
from explorer.ui.components.mounting import BASE, Fed
from tests.support.components import COMPONENTS

EVIL = (
    "</script><script>alert(1)</script><img src=https://example.org/x onerror=alert(2)>\"'&<!-- {{ 7 * 7 }}"
)
PACKETS = [bytes(range(256)), b"XPK1</script>"]
FED = Fed(COMPONENTS / "viewer", "viewer")


class Reader(HTMLParser):
    """What a browser would make of a page: its elements with their attributes, and texts by element."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append((self.elements[-1][0] if self.elements else "", data))

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def page() -> str:
    about = About(EVIL, EVIL, [(EVIL, EVIL)], [(EVIL, EVIL)])
    return alone(FED, {"notice": EVIL}, {"slice": EVIL}, PACKETS, about)


def told(page: str) -> list[bytes]:
    return [base64.b64decode(text) for text in re.findall(r"data-told>([^<]*)<", page)]


def test_it_holds_all_that_the_component_is_told(page: str) -> None:
    constants, settings, *packets = told(page)
    assert json.loads(constants) == {"notice": EVIL} and json.loads(settings) == {"slice": EVIL}
    assert packets == PACKETS


def test_it_runs_the_scripts_of_the_page_and_no_other(page: str) -> None:
    script = page.partition('<script type="module">')[2].rpartition("</script>")[0]
    assert script == script_of(FED.folder)
    for main in (FED.folder / "js" / "main.js", BASE / "js" / "page" / "feed.js"):
        before, default = bundled(main).split("export default ")
        assert before in script and f"return {default}" in script
    found = [attributes.get("type") for attributes in Reader(page).of("script")]
    assert found == ["application/octet-stream"] * (2 + len(PACKETS)) + ["module"]


def test_it_has_the_elements_and_styles_of_the_page(page: str) -> None:
    for file in ("viewer.html", "viewer.css"):
        assert (FED.folder / file).read_text(encoding="utf-8") in page


def test_its_policy_allows_its_script_alone_and_no_address(page: str) -> None:
    script = script_of(FED.folder)
    (content,) = (
        found["content"]
        for found in Reader(page).of("meta")
        if found.get("http-equiv") == "Content-Security-Policy"
    )
    assert content == policy(script)
    rules = dict(rule.strip().split(" ", 1) for rule in str(content).split(";"))
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert rules.pop("default-src") == "'none'" and rules.pop("script-src") == f"'sha256-{digest}'"
    assert rules == {"style-src": "'unsafe-inline'", "base-uri": "'none'", "form-action": "'none'"}


def test_foreign_texts_are_words_and_nothing_else(page: str) -> None:
    plain = alone(FED, {}, {}, PACKETS, About("t", "s", [("a", "b")], [("c", "d")]))
    read, harmless = Reader(page), Reader(plain)
    assert read.elements == harmless.elements
    for tag in ("title", "h1", "dt", "dd", "summary", "pre"):
        assert EVIL in "".join(text for where, text in read.texts if where == tag)


def test_nothing_in_it_names_another_place(page: str) -> None:
    plain = alone(FED, {}, {}, PACKETS, About("t", "s", []))
    for _, attributes in Reader(plain).elements:
        assert not {"src", "href", "srcset", "action", "data", "ping"} & attributes.keys()
    addresses = set(re.findall(r"https?:[^\s\"']+", plain))
    assert addresses == {"http://www.w3.org/2000/svg"}  # a name, which is never fetched
    assert "@import" not in plain and "url(" not in plain


def test_it_bears_the_notice(page: str) -> None:
    assert f'<p class="notice">{NOTICE}</p>' in page


def test_a_text_of_ours_that_would_end_its_element_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "js").mkdir()
    (tmp_path / "js" / "main.js").write_text('const a = "</script>";\nexport default a;\n', encoding="utf-8")
    for kind in ("html", "css"):
        (tmp_path / f"odd.{kind}").write_text("", encoding="utf-8")
    with pytest.raises(AssertionError, match="would end its script"):
        alone(Fed(tmp_path, "odd"), {}, {}, [], About("t", "s", []))
