"""The file of healthy scores: it comes back to the bit; what is none is answered with a message."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import struct
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import Tensor

from explorer.scans.calibrating import file
from explorer.scans.calibrating.file import digest, healthy_at, healthy_bytes, healthy_from
from explorer.scans.calibrating.own import OwnHealthy
from tests.security.making import Trap
from tests.support.healthy_scans import SHA256, brain, gathered, job_of

NAME = "own.safetensors"


@cache
def own() -> OwnHealthy:
    return gathered(job_of("intensity", "reconstruction-error:sigma=2.0"), brain(0), brain(1), betas=(0.3, 3))


@pytest.mark.parametrize("way", ["bytes", "path"])
def test_it_comes_back_to_the_bit(way: str, tmp_path: Path) -> None:
    content = healthy_bytes(own())
    (tmp_path / NAME).write_bytes(content)
    found = healthy_from(NAME, content) if way == "bytes" else healthy_at(tmp_path / NAME)
    for name in ("model", "sha256", "contrast", "window", "scans", "brains", "betas"):
        assert getattr(found, name) == getattr(own(), name)
    assert torch.equal(found.pixels, own().pixels) and found.bounds.keys() == own().bounds.keys()
    for name, part in own().bounds.items():
        assert torch.equal(found.bounds[name], part)
        assert torch.equal(found.calibration.quantiles[name], own().calibration.quantiles[name])
        for share in (0.34, 0.5):
            assert found.threshold(name, 3, share) == own().threshold(name, 3, share)
    assert digest(found) == digest(own()) and healthy_bytes(found) == content


def test_the_hash_tells_scores_words_and_scans_apart() -> None:
    others = (
        replace(own(), scans=("a", "b")),
        replace(own(), sha256=SHA256[::-1]),
        replace(own(), pixels=own().pixels + 1),
        replace(own(), bounds={name: part + 1 for name, part in own().bounds.items()}),
    )
    assert len({digest(one) for one in (own(), *others)}) == 5


def test_one_changed_byte_anywhere_is_seen() -> None:
    content = healthy_bytes(own())
    for place in range(8, len(content), 997):
        damaged = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
        with pytest.raises(ValueError, match=r"^own\.safetensors (is not a safetensors|holds no healthy)"):
            healthy_from(NAME, damaged)


def rewritten(
    parts: Callable[[dict[str, Tensor]], Any] = lambda parts: None,
    about: Callable[[dict[str, Any]], Any] = lambda about: None,
) -> bytes:
    """The file with other tensors or words, by somebody who also writes the right hash."""
    content = healthy_bytes(own())
    tensors = load_tensors(content)
    header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
    words = json.loads(header["__metadata__"]["explorer"])
    del words["content_sha256"]
    parts(tensors)
    about(words)
    words["content_sha256"] = file._digest(words, tensors)
    return save_tensors(tensors, {"explorer": json.dumps(words)})


def test_somebody_who_changes_nothing_is_believed() -> None:
    assert healthy_from(NAME, rewritten()).scans == own().scans


BOUNDS = "bounds:intensity"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (lambda: rewritten(lambda p: p.pop(BOUNDS)), "bounds must be of the predictors of the quantiles"),
        (
            lambda: rewritten(lambda p: p.update({BOUNDS: p[BOUNDS][:1]})),
            r"bounds of intensity must be \(2, 2, ",
        ),
        (lambda: rewritten(lambda p: p.update({BOUNDS: p[BOUNDS].float()})), "in double precision"),
        (lambda: rewritten(lambda p: p.update({BOUNDS: -p[BOUNDS]})), "must be finite and never fall"),
        (lambda: rewritten(lambda p: p[BOUNDS].fill_(torch.nan)), "must be finite and never fall"),
        (lambda: rewritten(lambda p: p.update(pixels=torch.zeros(2, dtype=torch.int64))), "no scan empty"),
        (lambda: rewritten(lambda p: p.update(pixels=torch.ones(2))), r"pixels must be whole numbers"),
        (lambda: rewritten(lambda p: p.pop("pixels")), "pixels must be whole numbers"),
        (lambda: rewritten(lambda p: p.pop("betas")), "a calibration must hold betas"),
        (lambda: rewritten(lambda p: p.update(more=torch.tensor(1.0))), "a calibration must hold betas"),
        (lambda: rewritten(lambda p: p["quantiles:intensity"].mul_(-1)), "never fall along the levels"),
        (lambda: rewritten(about=lambda a: a.update(scans=[])), "scans must be 1 to 1,000, got 0"),
        (
            lambda: rewritten(about=lambda a: a.update(scans=["a"] * 1001)),
            "scans must be 1 to 1,000, got 1,001",
        ),
        (lambda: rewritten(about=lambda a: a.update(scans=["a\n", "b"])), "names must be printable"),
        (lambda: rewritten(about=lambda a: a.update(scans=["a" * 501, "b"])), "at most 500 long"),
        (lambda: rewritten(about=lambda a: a.update(scans="ab")), "scans must be a list of texts"),
        (lambda: rewritten(about=lambda a: a.update(model=7)), "model must be a text"),
        (lambda: rewritten(about=lambda a: a.update(sha256="abc")), "sha256 must be 64 digits"),
        (lambda: rewritten(about=lambda a: a.pop("brains")), "its header does not say model, sha256"),
        (lambda: save_tensors({"x": torch.zeros(1)}), "its header does not say model, sha256"),
        (lambda: save_tensors({}, {"explorer": "[" * 100_000}), "holds no healthy scores of own scans"),
        (lambda: save_tensors({}, {"explorer": "{"}), "holds no healthy scores of own scans"),
        (lambda: b"", "is not a safetensors file"),
        (lambda: pickle.dumps(Trap()), "is not a safetensors file"),
        (lambda: struct.pack("<Q", 2**63) + b"{}", "is not a safetensors file"),
        (lambda: healthy_bytes(own())[:-1], "is not a safetensors file"),
    ],
)
def test_a_hostile_file_gets_a_message(content: Callable[[], bytes], message: str) -> None:
    with pytest.raises(ValueError, match=message) as refused:
        healthy_from("../\x1bown.safetensors", content())
    assert "\x1b" not in str(refused.value) and "make it anew with: python -m explorer calibrate" in str(
        refused.value
    )


def test_what_is_no_plain_file_of_sane_size_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name in ("pipe", "none", "."):
        with pytest.raises(ValueError, match="is not there, or is no plain file; check the path"):
            healthy_at(tmp_path / name)
    with (tmp_path / "large").open("wb") as stream:
        stream.truncate(file.LARGEST + 1)
    with pytest.raises(ValueError, match="large is larger than 32 MiB"):
        healthy_at(tmp_path / "large")


def test_more_than_is_read_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file, "LARGEST", 2**10)
    with pytest.raises(ValueError, match="take fewer betas or predictors"):
        healthy_bytes(own())


def test_the_hash_is_that_of_names_numbers_and_words() -> None:
    """Written out, so that files of today are whole tomorrow."""
    about = {"model": "m"}
    parts = {"b": torch.tensor([1, 2]), "a": torch.zeros(1, dtype=torch.float64)}
    wanted = hashlib.sha256(
        b'{"model": "m"}a torch.float64 (1,)' + bytes(8) + b"b torch.int64 (2,)" + struct.pack("<qq", 1, 2)
    )
    assert file._digest(about, parts) == wanted.hexdigest()
