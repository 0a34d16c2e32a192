"""Own models: two files from anywhere become a model, or a plain message; no pickle is ever loaded."""

from __future__ import annotations

import hashlib
import os
import pickle
import struct
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import tomli_w
import torch
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors

from explorer.cards import load_bytes, load_own
from explorer.cards.card import LARGEST_CARD
from explorer.evidence import observe
from tests.security.making import Trap, zeros_gz
from tests.support.tiny import NAME, SETTINGS, save_tiny

CPU = torch.device("cpu")


@pytest.fixture
def card(tmp_path: Path) -> Path:
    folder = tmp_path / "own"
    save_tiny(folder)
    return folder / f"{NAME}.toml"


def weights_of(card: Path) -> Path:
    return card.with_suffix(".safetensors")


def edit(card: Path, **changed: Any) -> None:
    content = tomllib.loads(card.read_text(encoding="utf-8")) | changed
    card.write_text(tomli_w.dumps(content), encoding="utf-8")


def replace_weights(card: Path, content: bytes) -> None:
    """Other weights, with a card that vouches for them."""
    weights_of(card).write_bytes(content)
    edit(card, sha256=hashlib.sha256(content).hexdigest())


def refused(card: Path, message: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        load_own(card, CPU)
    assert NAME in str(caught.value) and str(caught.value).isprintable()


def test_a_model_is_found_by_either_file(card: Path) -> None:
    for path in (card, weights_of(card)):
        assert load_own(path, CPU).card.name == NAME


@pytest.mark.parametrize("ending", [".toml", ".safetensors"])
def test_both_files_are_needed(card: Path, ending: str) -> None:
    card.with_suffix(ending).unlink()
    refused(card, "is missing: a model is a card")


@pytest.mark.parametrize("ending", [".toml", ".safetensors"])
def test_a_link_out_of_the_folder_is_not_followed(card: Path, ending: str) -> None:
    file = card.with_suffix(ending)
    elsewhere = card.parent.parent / file.name
    file.rename(elsewhere)
    file.symlink_to(elsewhere)
    refused(card, "is a link out of its folder; copy the file itself there")


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "other", ""])
def test_a_card_cannot_point_elsewhere(card: Path, name: str) -> None:
    edit(card, name=name)
    refused(card, "it is the card of")


def test_a_file_that_never_ends_is_not_opened(card: Path) -> None:
    weights_of(card).unlink()
    os.mkfifo(weights_of(card))
    refused(card, "is missing")


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


@pytest.mark.parametrize("kind", PICKLES)
def test_a_pickle_is_never_loaded(card: Path, kind: str) -> None:
    replace_weights(card, PICKLES[kind]())
    refused(card, "is not a safetensors file|does not hold this architecture's weights")


def test_weights_of_another_model_are_refused(card: Path) -> None:
    tensors = load_tensors(weights_of(card).read_bytes())
    replace_weights(card, save_tensors({**tensors, "extra": torch.zeros(3)}))
    refused(card, "does not hold this architecture's weights")


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
        {"extra": {"deep": {"deeper": "os.system"}}},
    ],
    ids=str,
)
def test_settings_of_no_network_are_refused(card: Path, changed: dict[str, Any]) -> None:
    edit(card, model=SETTINGS | changed)
    refused(card, rf"card {NAME}.toml: \[model\] does not fit beta-vae")


@pytest.mark.parametrize(
    "content",
    [b"x = " + b"[" * 50_000, b"x = 1" + b"0" * 5000, b"\0", b"a" * (LARGEST_CARD + 1)],
    ids=["nested", "long number", "zero", "large"],
)
def test_cards_that_exhaust_are_refused(card: Path, content: bytes) -> None:
    card.write_bytes(content)
    refused(card, f"card {NAME}.toml cannot be read")


def uploaded(card: Path) -> tuple[tuple[str, bytes], tuple[str, bytes]]:
    """Both files as they come from a browser."""
    weights = weights_of(card)
    return (card.name, card.read_bytes()), (weights.name, weights.read_bytes())


def test_two_uploaded_files_are_the_model(card: Path) -> None:
    found, own = load_bytes(*uploaded(card), CPU), load_own(card, CPU)
    assert found.card.sha256 == own.card.sha256 and found.card.model == own.card.model
    x = torch.rand(2, 1, 28, 28)
    assert torch.equal(observe(found.model, x, 1.0).x_hat, observe(own.model, x, 1.0).x_hat)


@pytest.mark.parametrize("kind", PICKLES)
def test_an_uploaded_pickle_is_never_loaded(card: Path, kind: str) -> None:
    replace_weights(card, PICKLES[kind]())
    with pytest.raises(
        ValueError, match="is not a safetensors file|does not hold this architecture's weights"
    ):
        load_bytes(*uploaded(card), CPU)


def test_uploads_must_belong_together(card: Path) -> None:
    (name, content), (weights, tensors) = uploaded(card)
    for one, other in (
        ("other.toml", weights),
        (name, "other.safetensors"),
        ("x.txt", weights),
        (weights, name),
    ):
        with pytest.raises(ValueError, match="are no model: bring a card NAME.toml"):
            load_bytes((one, content), (other, tensors), CPU)
    with pytest.raises(ValueError, match="it is the card of"):
        load_bytes(("a.toml", content), ("a.safetensors", tensors), CPU)
    with pytest.raises(ValueError, match="sha256 differs"):
        load_bytes((name, content), (weights, tensors + b" "), CPU)
    with pytest.raises(ValueError, match="is larger than"):
        load_bytes((name, content + b"#" * LARGEST_CARD), (weights, tensors), CPU)
