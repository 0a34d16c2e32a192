"""Tiny slices that hold no surprises, and where they lie in the atlas."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch

from explorer.contracts import Slice

SliceMaker = Callable[..., Slice]


@pytest.fixture
def make_slice() -> SliceMaker:
    """Makes a disc of foreground, 0.8 of the width, filled with waves between 0.3 and 0.7 or a constant.

    It is an axial slice of 190 mm through the middle of the brain.
    """

    def make(width: int = 48, phase: float = 0.0, constant: float | None = None) -> Slice:
        steps = (torch.arange(width) + 0.5) / width - 0.5
        foreground = torch.hypot(steps[:, None], steps[None, :]) < 0.4
        waves = 0.5 + 0.2 * torch.sin(6 * math.pi * steps[:, None] + phase) * torch.cos(
            8 * math.pi * steps[None, :] + phase
        )
        image = torch.full_like(waves, constant) if constant is not None else waves * foreground
        x, y = 190 * steps.expand(width, width), -18 - 190 * steps[:, None].expand(width, width)
        atlas = torch.stack((x, y, torch.full_like(x, 20.0)))
        return Slice(image, foreground, f"disc {phase}", contrast="flair", atlas=atlas)

    return make


@pytest.fixture
def healthy(make_slice: SliceMaker) -> Slice:
    return make_slice()


@pytest.fixture
def donor(make_slice: SliceMaker) -> Slice:
    return make_slice(phase=1.0)
