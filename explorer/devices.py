"""The choice of a device, made once by the app or the command line."""

from __future__ import annotations

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
