"""Own models: files from anywhere become a model, or a plain message; no pickle is ever loaded."""

from __future__ import annotations

import os
import pickle
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from explorer.cards import card_of, load_bytes, load_own, model_names
from explorer.cards.card import LARGEST_CARD
from explorer.cards.sizes import check_sizes
from explorer.cards.weights import CALIBRATION, LARGEST_BYTES, LARGEST_CALIBRATION, WEIGHTS
from explorer.evidence import observe
from tests.security.making import Trap, zeros_gz
from tests.support.model_files import CPU, LOADERS, altered, beside, edit, refused, uploaded, vouched
from tests.support.tiny import NAME, SETTINGS, save_tiny


@pytest.fixture
def card(tmp_path: Path) -> Path:
    folder = tmp_path / "own"
    save_tiny(folder)
    return folder / f"{NAME}.toml"


def test_a_model_is_found_by_either_file(card: Path) -> None:
    for path in (card, beside(card, WEIGHTS)):
        assert load_own(path, CPU).card.name == NAME


@pytest.mark.parametrize("ending", [".toml", ".safetensors"])
def test_both_files_are_needed(card: Path, ending: str) -> None:
    card.with_suffix(ending).unlink()
    refused(card, "is missing: a model is a card", "by path")


@pytest.mark.parametrize("ending", [".toml", WEIGHTS, CALIBRATION])
def test_a_link_out_of_the_folder_is_not_followed(card: Path, ending: str) -> None:
    file = beside(card, ending)
    elsewhere = card.parent.parent / file.name
    file.rename(elsewhere)
    file.symlink_to(elsewhere)
    refused(card, "is a link out of its folder; copy the file itself there", "by path")


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "other", ""])
def test_a_card_cannot_point_elsewhere(card: Path, name: str) -> None:
    edit(card, name=name)
    refused(card, "it is the card of", "by path")


@pytest.mark.parametrize("ending", [".toml", WEIGHTS, CALIBRATION])
def test_a_file_that_never_ends_is_not_opened(card: Path, ending: str) -> None:
    beside(card, ending).unlink()
    os.mkfifo(beside(card, ending))
    refused(card, "is missing", "by path")


PICKLES: dict[str, Callable[[], bytes]] = {
    "bare": lambda: pickle.dumps(Trap()),
    "of weights": lambda: pickle.dumps({"to_latents.weight": Trap()}),
    "protocol 0": lambda: pickle.dumps(Trap(), protocol=0),
    "torch file": lambda: b"PK\x03\x04" + pickle.dumps(Trap()),
    "behind a header": lambda: struct.pack("<Q", 2) + b"{}" + pickle.dumps(Trap()),
    "as a header": lambda: struct.pack("<Q", len(pickle.dumps(Trap()))) + pickle.dumps(Trap()),
    "packed": lambda: zeros_gz(1),
    "endless header": lambda: struct.pack("<Q", 2**63) + b"{}",
    "empty": lambda: b"",
}


@pytest.mark.parametrize("ending", [WEIGHTS, CALIBRATION])
@pytest.mark.parametrize("kind", PICKLES)
@pytest.mark.parametrize("way", LOADERS)
def test_a_pickle_is_never_loaded(card: Path, way: str, kind: str, ending: str) -> None:
    vouched(card, ending, PICKLES[kind]())
    with pytest.raises(ValueError, match=f"{NAME}{ending} is not a safetensors file"):
        LOADERS[way](card)


def test_weights_of_another_model_are_refused(card: Path) -> None:
    altered(card, WEIGHTS, lambda tensors: tensors.update(extra=torch.zeros(3)))
    refused(card, "does not hold this architecture's weights", "by path")


@pytest.mark.parametrize(
    "changed",
    [
        {"widths": [4] * 10_000},
        {"image_size": 2**30},
        {"image_size": 0},
        {"latents": 10**15},
        {"latents": 0},
        {"widths": [4, 0]},
        {"widths": [[4], [8]]},
        {"experts": 10**9},
        {"s": 0.0},
        {"s": -1.0},
        {"s": float("nan")},
        {"scale": 0.0},
        {"mean": float("inf")},
        {"mean": "0.3"},
        {"beta_min": float("nan")},
        {"beta_max": float("inf")},
        {"s": 1e-300},
        {"scale": 1e-40},
        {"beta_min": 1e-300},
        {"image_size": 65536},
        {"latents": 10**400},
        {"latents": 4.5},
        {"s": 10**400},
        {"widths": {}},
        {"widths": []},
        {"widths": [65536, 8]},
        {"image_size": 512, "widths": [1024, 8]},
        {"image_size": 512, "widths": [4, 8], "local_latents": 128},
        {"a\nb\x1b[2J" * 1000: 1},
        {"extra": {"deep": {"deeper": "os.system"}}},
    ],
    ids=lambda changed: str(changed)[:40],
)
def test_settings_of_no_network_are_refused(card: Path, changed: dict[str, Any]) -> None:
    edit(card, model=SETTINGS | changed)
    refused(card, rf"card {NAME}.toml: \[model\] does not fit beta-vae", "by path")


def test_the_message_says_setting_rule_and_the_beginning_of_the_value(card: Path) -> None:
    for name, value, said in (
        ("s", 1e-300, "s must be at least 1e-06, got 1e-300$"),
        ("scale", -1e-40, "scale must be at least 1e-06, got -1e-40"),
        ("latents", 10**400, r"latents must hold whole numbers in \[0, 4096\] only, got 10{23}\.\.\.$"),
        ("s", 10**400, r"s must hold numbers up to 65536 only, got 10{23}\.\.\.$"),
        ("widths", {}, r"widths must hold whole numbers in \[0, 1024\] only, got \{\}$"),
        ("image_size", 65536, r"image_size must hold whole numbers in \[0, 512\] only, got 65536$"),
    ):
        edit(card, model=SETTINGS | {name: value})
        refused(card, said, "by path")


def test_a_file_of_very_many_names_is_not_unpacked(card: Path) -> None:
    empty = ",".join(f'"{n}":{{"dtype":"F16","shape":[0],"data_offsets":[0,0]}}' for n in range(40_000))
    header = f"{{{empty}}}".encode()
    vouched(card, WEIGHTS, struct.pack("<Q", len(header)) + header)
    refused(card, "its header is no list of tensors", "by path")


@pytest.mark.parametrize("name", model_names())
def test_shipped_models_are_far_below_the_bounds(name: str) -> None:
    settings = dict(card_of(name).model)
    check_sizes(settings)
    check_sizes(settings | {"image_size": 2 * settings["image_size"]})


@pytest.mark.parametrize(
    "content",
    [b"x = " + b"[" * 50_000, b"x = 1" + b"0" * 5000, b"\0", b"a" * (LARGEST_CARD + 1)],
    ids=["nested", "long number", "zero", "large"],
)
def test_cards_that_exhaust_are_refused(card: Path, content: bytes) -> None:
    card.write_bytes(content)
    refused(card, f"card {NAME}.toml cannot be read", "by path")


def test_uploaded_files_are_the_model(card: Path) -> None:
    found, own = load_bytes(uploaded(card), CPU), load_own(card, CPU)
    assert found.card.sha256 == own.card.sha256 and found.card.model == own.card.model
    x = torch.rand(2, 1, 28, 28)
    assert torch.equal(observe(found.model, x, 1.0).x_hat, observe(own.model, x, 1.0).x_hat)
    for name in ("intensity", "kl-gradient"):
        level = torch.linspace(0, 1, 7)
        one, other = (made.calibration["fashion-mnist"].quantile(name, 0.5, level) for made in (found, own))
        assert torch.equal(one, other)


def test_the_order_and_number_of_uploads_is_free_but_not_their_names(card: Path) -> None:
    files = uploaded(card)
    assert load_bytes(dict(reversed(files.items())), CPU).card.name == NAME
    weights, calibration = NAME + WEIGHTS, NAME + CALIBRATION
    renamed = {"other" + name.removeprefix(NAME): content for name, content in files.items()}
    for wrong in (
        {},
        {card.name: files[card.name]},
        {weights: files[weights], calibration: files[calibration]},
        {**files, "other.toml": files[card.name]},
        {**files, "x.txt": b""},
        {**files, "other" + CALIBRATION: files[calibration]},
        {**files, f"../{weights}": files[weights]},
        {card.name: files[card.name], "other" + WEIGHTS: files[weights]},
        {"other.toml": files[card.name], weights: files[weights]},
        {"x.txt": files[card.name], weights: files[weights]},
        {".toml": files[card.name], WEIGHTS: files[weights]},
    ):
        with pytest.raises(ValueError, match=r"is no model: bring one card NAME.toml, its weights NAME\.saf"):
            load_bytes(wrong, CPU)
    with pytest.raises(ValueError, match="it is the card of"):
        load_bytes(renamed, CPU)
    swapped = {card.name: files[weights], weights: files[card.name]}
    with pytest.raises(ValueError, match=f"card {card.name} cannot be read|is larger than"):
        load_bytes(swapped, CPU)


@pytest.mark.parametrize("ending", [WEIGHTS, CALIBRATION])
def test_uploads_must_belong_together(card: Path, ending: str) -> None:
    files, name = uploaded(card), NAME + ending
    with pytest.raises(ValueError, match=f"{name} is not the file its card describes .sha256 differs"):
        load_bytes({**files, name: files[name] + b" "}, CPU)


def test_uploads_that_are_too_large_are_not_looked_at(card: Path) -> None:
    for name, largest in (
        (card.name, LARGEST_CARD),
        (NAME + WEIGHTS, LARGEST_BYTES),
        (NAME + CALIBRATION, LARGEST_CALIBRATION),
    ):
        with pytest.raises(ValueError, match=f"{name} is larger than {largest // 1024} KiB"):
            load_bytes({**uploaded(card), name: bytes(largest + 1)}, CPU)
