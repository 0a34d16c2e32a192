"""Cards: what was written is read, a page long; what is no card is answered in one line."""

from __future__ import annotations

import math
import tomllib
from dataclasses import asdict, fields, replace
from pathlib import Path

import pytest
import torch

from explorer.cards import Card, HeldOut, card_of, model_names, read_card, save_pretrained
from explorer.cards.card import LARGEST_CARD, add_benchmark, write_card
from explorer.cards.catalogue import FOLDER
from explorer.datasets import dataset_names
from explorer.evaluation.calibration import LEVELS, Calibration
from explorer.predictors import PREDICTORS
from tests.support.model_files import edit
from tests.support.tiny import NAME, tiny_card, tiny_vae

PAGE = 200
"""Lines that a card may have."""

BETAS = tuple(0.01 * 1000 ** (k / 12) for k in range(13))


@pytest.fixture
def card(tmp_path: Path) -> Path:
    write_card(tiny_card(), tmp_path)
    return tmp_path / f"{NAME}.toml"


def refused(card: Path, message: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        read_card(card)
    assert str(caught.value).isprintable() and f"card {NAME}.toml" in str(caught.value)


def full_card() -> Card:
    """A card with every figure for every dataset there is."""
    columns = {one.name: tuple(math.exp(beta) / 3 for beta in BETAS) for one in fields(HeldOut)}
    figures = HeldOut(**columns | {"betas": BETAS})
    return replace(tiny_card(), held_out=dict.fromkeys(dataset_names(), figures))


def test_a_written_card_reads_the_same(tmp_path: Path) -> None:
    wanted = replace(
        tiny_card(),
        sha256="ab",
        calibration_sha256="cd",
        data='A "quoted" line,\nanother \\ line with [\n    1,\n] in it, Grüße',
        recipe={"samples": 3, "betas": [0.5, 1e-07], "prior": {"width": 4}, "names": ["a", "b"]},
        benchmarks={"rows": [[1, 2], [3.5, -4]], "by name": {"0.1": True, "none": [], "inf": [math.inf]}},
        trained_against={"lesion": "blobs of another brightness"},
    )
    write_card(wanted, tmp_path)
    assert vars(read_card(tmp_path / f"{NAME}.toml")) == vars(wanted)


def test_figures_are_kept_to_five_digits(tmp_path: Path) -> None:
    write_card(full_card(), tmp_path)
    found, wanted = read_card(tmp_path / f"{NAME}.toml").held_out, full_card().held_out
    assert found.keys() == wanted.keys()
    for name, figures in wanted.items():
        for key, values in asdict(figures).items():
            assert getattr(found[name], key) == pytest.approx(values, rel=5.1e-5)


def test_writing_again_what_was_read_changes_nothing(tmp_path: Path) -> None:
    write_card(full_card(), tmp_path)
    path = tmp_path / f"{NAME}.toml"
    before = path.read_bytes()
    write_card(read_card(path), tmp_path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", model_names(FOLDER))
def test_a_shipped_card_is_a_page_and_as_the_program_writes_it(name: str, tmp_path: Path) -> None:
    path = FOLDER / f"{name}.toml"
    assert len(path.read_text(encoding="utf-8").splitlines()) <= PAGE
    write_card(card_of(name, FOLDER), tmp_path)
    assert (tmp_path / path.name).read_bytes() == path.read_bytes()


def test_a_card_of_all_datasets_and_predictors_is_a_page(tmp_path: Path) -> None:
    levels = torch.tensor(LEVELS, dtype=torch.float64)
    rows = levels.expand(len(BETAS), -1)
    made = Calibration(torch.tensor(BETAS).double(), levels, dict.fromkeys(PREDICTORS.names(), rows))
    save_pretrained(tiny_vae(), full_card(), dict.fromkeys(dataset_names(), made), tmp_path)
    lines = (tmp_path / f"{NAME}.toml").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= PAGE


def test_numbers_stand_in_one_line(tmp_path: Path) -> None:
    write_card(full_card(), tmp_path)
    lines = (tmp_path / f"{NAME}.toml").read_text(encoding="utf-8").splitlines()
    assert "widths = [4, 8]" in lines
    rows = [line for line in lines if line.startswith("perplexity = [")]
    assert len(rows) == len(dataset_names())
    assert all(len(tomllib.loads(row)["perplexity"]) == len(BETAS) for row in rows)
    assert all(line == "" or line.startswith("[") or " = " in line for line in lines)


def test_a_benchmark_enters_a_card_and_leaves_the_rest(card: Path) -> None:
    before = vars(read_card(card))
    add_benchmark(card, "first", {"ap": [0.1, 0.2]})
    add_benchmark(card, "second", {"ap": 1})
    add_benchmark(card, "second", {"ap": 2})
    benchmarks = {"first": {"ap": [0.1, 0.2]}, "second": {"ap": 2}}
    assert vars(read_card(card)) == before | {"benchmarks": benchmarks}


@pytest.mark.parametrize("key", ["kind", "dataset", "data", "model", "recipe", "sha256", "held_out"])
def test_a_card_that_lacks_a_key_is_named(card: Path, key: str) -> None:
    edit(card, **{key: None})
    refused(card, f"card {NAME}.toml lacks '{key}'; restore its files")


def test_a_card_warns_of_the_anomalies_that_its_training_removed(card: Path) -> None:
    assert read_card(card).caution("lesion") == "" and "trained_against" not in card.read_text()
    edit(card, trained_against={"lesion": "blobs of another brightness"})
    found = read_card(card)
    assert found.caution("noise") == ""
    assert found.caution("lesion").startswith(
        "This model was trained to remove blobs of another brightness, so"
    )


def test_what_a_card_of_others_warns_of_is_one_line_that_can_be_printed() -> None:
    said = replace(tiny_card(), trained_against={"lesion": "\x1b[2J\n" + "x" * 9000}).caution("lesion")
    assert said.isprintable() and len(said) < 500


@pytest.mark.parametrize("wrong", ["lesion", ["lesion"], 3])
def test_a_card_whose_training_was_against_no_table_is_refused(card: Path, wrong: object) -> None:
    edit(card, trained_against=wrong)
    refused(card, "cannot be read")


def test_calibration_and_benchmarks_may_be_left_out(card: Path) -> None:
    edit(card, calibration_sha256=None, benchmarks=None)
    found = read_card(card)
    assert (found.calibration_sha256, found.benchmarks) == ("", {})


@pytest.mark.parametrize("content", [b"kind = ", b"\xff\xfe", b"\0" * 40, b"a\r= \x1b[2J\n"])
def test_a_card_that_is_no_toml_is_refused(card: Path, content: bytes) -> None:
    card.write_bytes(content)
    refused(card, f"card {NAME}.toml cannot be read")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("model", 3),
        ("held_out", {"fashion-mnist": {"betas": [1.0]}}),
        ("held_out", {"fashion-mnist": 3}),
        ("held_out", [1.0]),
        ("held_out", {"fashion-mnist": {"betas": ["one"], "rec": [1.0], "kl": [1.0], "error": [1.0]}}),
        ("held_out", {"fashion-mnist": {"betas": [1.0], "rec": [1.0], "kl": [1.0], "error\n\x1b": [1.0]}}),
        ("benchmarks", 3),
        ("name", "an\nother"),
    ],
)
def test_a_card_with_values_of_another_kind_is_refused(card: Path, key: str, value: object) -> None:
    edit(card, **{key: value})
    refused(card, f"card {NAME}.toml cannot be read")


@pytest.mark.parametrize("key", ["rec", "kl", "error", "perplexity"])
def test_figures_are_one_a_beta(card: Path, key: str) -> None:
    columns = {"betas": [0.1, 1.0], "rec": [1.0, 2.0], "kl": [1.0, 2.0], "error": [1.0, 2.0]}
    edit(card, held_out={"fashion-mnist": columns | {key: [1.0]}})
    refused(card, f"{key} must be 2 long, as betas are; got 1")


def test_a_card_that_is_too_large_or_no_file_is_not_read(card: Path) -> None:
    card.write_bytes(card.read_bytes() + b"#" * LARGEST_CARD)
    refused(card, "no plain file of at most 256 KiB")
    card.unlink()
    card.mkdir()
    refused(card, "no plain file of at most 256 KiB")


def test_a_message_of_a_strange_card_stays_short(card: Path) -> None:
    edit(card, name="x" * 30_000)
    with pytest.raises(ValueError, match="it is the card of") as caught:
        read_card(card)
    assert len(str(caught.value)) < 600
