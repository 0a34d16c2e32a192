"""The choice of a device, made once by the app or the command line."""

from __future__ import annotations

import os

import torch


def pick_device(name: str = "auto") -> torch.device:
    """The device called `name`; `auto` is CUDA, else MPS, else the CPU.

    Raises:
        ValueError: if the device is unknown or not there.
    """
    present = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if name == "auto":
        return torch.device(next(kind for kind in ("cuda", "mps", "cpu") if present[kind]))
    kind = name.partition(":")[0]
    if kind not in present:
        raise ValueError(f"unknown device {name!r}; known: auto, {', '.join(present)}")
    if not present[kind]:
        raise ValueError(f"device {name!r} is not available on this machine; use --device auto")
    try:
        return torch.empty(0, device=name).device
    except RuntimeError:
        raise ValueError(f"device {name!r} is not available on this machine; use --device auto") from None


def share_cores(device: torch.device) -> int:
    """Set torch's threads and return how many passes of a network shall run at once.

    On a CPU with two cores or more each of two passes gets half of them: threads of torch that wait for each
    other, on cores that others keep busy, cost more. All figures of one machine are computed so, as sums of
    floating-point numbers depend on the number of threads in their last digits.
    """
    cores = os.cpu_count() or 1
    if device.type != "cpu":
        return 1
    workers = min(cores, 2)
    torch.set_num_threads(cores // workers)
    return workers
