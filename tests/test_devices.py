"""The choice of a device."""

from __future__ import annotations

import pytest
import torch

from explorer.devices import pick_device


def test_the_cpu_is_always_there() -> None:
    assert pick_device("cpu") == torch.device("cpu")


@pytest.mark.parametrize(
    ("cuda", "mps", "expected"), [(False, False, "cpu"), (False, True, "mps"), (True, True, "cuda")]
)
def test_auto_prefers_the_fastest(
    monkeypatch: pytest.MonkeyPatch, cuda: bool, mps: bool, expected: str
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
    assert pick_device().type == expected


@pytest.mark.parametrize("name", ["tpu", "", "CPU", "gpu:0"])
def test_unknown_devices_are_answered_with_the_known(name: str) -> None:
    with pytest.raises(ValueError, match="unknown device .*; known: auto, cpu, cuda, mps"):
        pick_device(name)


def test_an_absent_device_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ValueError, match="'cuda:1' is not available on this machine; use --device auto"):
        pick_device("cuda:1")


def test_a_malformed_number_is_refused() -> None:
    with pytest.raises(ValueError, match="'cpu:x' is not available"):
        pick_device("cpu:x")
