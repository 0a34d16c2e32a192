"""Texts of strangers are shown as what they are, wherever they are shown."""

from __future__ import annotations

import csv
import io

import pytest

from explorer.cards import load_own
from explorer.cards.card import parse_card
from explorer.commands.terminal import complain
from explorer.foreign import LONGEST, cell, one_line, short
from explorer.looking.output.cohort_files import _csv
from explorer.scans.reading.files import label
from explorer.ui.messages import plain
from tests.support.foreign_texts import FOREIGN, meant, unseen
from tests.support.model_files import CPU

each = pytest.mark.parametrize("text", FOREIGN.values(), ids=FOREIGN)


@each
def test_a_line_holds_what_can_be_printed(text: str) -> None:
    line = one_line(text)
    assert line.isprintable() and line == line.strip()
    assert "".join(line.split()) == "".join(
        letter for letter in text if letter.isprintable() and letter != " "
    )
    assert len(short(text)) <= LONGEST and short(text)[:290] == line[:290]


@each
def test_markdown_makes_nothing_of_it(text: str) -> None:
    assert meant(plain(text)) == [] and plain(text).isprintable()


@each
def test_a_file_is_named_in_one_short_word(text: str) -> None:
    assert label(text).isprintable() and 0 < len(label(text)) <= 60


@each
def test_the_terminal_gets_one_line(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    complain(ValueError(text))
    said = capsys.readouterr().err
    assert said == f"explorer: {one_line(text)}\n" and unseen(said) == []


@each
def test_a_spreadsheet_computes_nothing(text: str) -> None:
    written = _csv({"model": text}, ["map"], [[text]])
    (_, row) = csv.reader(io.StringIO(written))
    assert not any(one.startswith(("=", "+", "-", "@", "\t", "\r")) for one in row)
    assert row[0] == row[1] == cell(text) and unseen(written.replace("\r\n", "\n")) == []


@each
def test_a_card_says_what_is_wrong_in_one_short_line(text: str) -> None:
    for content in (f"name = {text!r}", text, f"kind = {text!r}"):
        with pytest.raises(ValueError, match=r"^card .*\.toml ") as caught:
            parse_card(text, content.encode())
        assert str(caught.value).isprintable() and len(str(caught.value)) < 3 * LONGEST


@pytest.mark.parametrize("name", ["a\x1b[31mb", "a\u202eb", "x" * 101])
def test_a_model_of_a_name_that_cannot_be_read_is_refused(name: str, tiny_files: dict[str, bytes]) -> None:
    card = next(content for file, content in tiny_files.items() if file.endswith(".toml"))
    with pytest.raises(ValueError, match="rename it"):
        parse_card(name, b"\n".join(line for line in card.splitlines() if not line.startswith(b"name")))


@pytest.fixture(scope="module")
def tiny_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    from tests.support.tiny import NAME, save_tiny

    folder = tmp_path_factory.mktemp("tiny")
    save_tiny(folder, calibrated=False)
    assert load_own(folder / f"{NAME}.toml", CPU).card.name == NAME
    return {path.name: path.read_bytes() for path in folder.iterdir()}
