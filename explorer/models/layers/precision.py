"""Results in half precision as what the rest of the program expects."""

from __future__ import annotations

from torch import Tensor


def at_least_float32(values: Tensor) -> Tensor:
    """The half-precision results of autocast as float32; all else unchanged."""
    return values.float() if values.element_size() < 4 else values
