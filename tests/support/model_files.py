"""The files of a model as somebody might forge them: other contents, and a card that vouches for them."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import tomli_w
import torch
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import Tensor

from explorer.cards import Pretrained, load_bytes, load_own, load_pretrained
from explorer.cards.weights import CALIBRATION, WEIGHTS

CPU = torch.device("cpu")
HASHES = {WEIGHTS: "sha256", CALIBRATION: "calibration_sha256"}
"""Where a card holds the hash of the file with this ending."""


def beside(card: Path, ending: str) -> Path:
    """The file with this ending beside a card."""
    return card.with_name(card.stem + ending)


def edit(card: Path, **changed: Any) -> None:
    """Change entries of a card; None takes one out."""
    content = tomllib.loads(card.read_text(encoding="utf-8")) | changed
    kept = {key: value for key, value in content.items() if value is not None}
    card.write_text(tomli_w.dumps(kept), encoding="utf-8")


def vouched(card: Path, ending: str, content: bytes) -> None:
    """Another file of this ending, with a card that holds its hash."""
    beside(card, ending).write_bytes(content)
    edit(card, **{HASHES[ending]: hashlib.sha256(content).hexdigest()})


def altered(card: Path, ending: str, change: Callable[[dict[str, Tensor]], object]) -> None:
    """Other tensors in the file of this ending, with a card that vouches for them."""
    tensors = load_tensors(beside(card, ending).read_bytes())
    change(tensors)
    vouched(card, ending, save_tensors(tensors))


def uploaded(card: Path) -> dict[str, bytes]:
    """All files beside a card as they come from a browser."""
    return {path.name: path.read_bytes() for path in sorted(card.parent.iterdir())}


LOADERS: Mapping[str, Callable[[Path], Pretrained]] = {
    "named": lambda card: load_pretrained(card.stem, CPU, card.parent),
    "by path": lambda card: load_own(card, CPU),
    "uploaded": lambda card: load_bytes(uploaded(card), CPU),
}
"""The three ways by which a model comes, given the path of its card."""


def refused(card: Path, message: str, way: str = "named") -> None:
    """Loading fails with this message, on one line that names the model."""
    with pytest.raises(ValueError, match=message) as caught:
        LOADERS[way](card)
    assert str(caught.value).isprintable() and card.stem in str(caught.value)
