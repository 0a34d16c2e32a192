"""What a card may ask for: bounds on every number of its [model], looked at before anything is made of it.

Weights give no bound of their own: a convolution of few weights takes images of any size, and a first layer
of 65,536 channels fits into a small file and not into memory once an image passes through it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SIZES: Mapping[str, int] = {
    "image_size": 512,
    "widths": 1024,
    "width": 1024,
    "latents": 4096,
    "local_latents": 256,
    "local_depth": 16,
    "experts": 64,
    "codes": 4096,
    "dimension": 1024,
    "blocks": 64,
    "rows": 32,
    "columns": 32,
    "layers": 64,
    "heads": 8,
    "contrasts": 1024,
    "positions": 1024,
}
"""The largest of each, whole numbers; those of the shipped models are far smaller."""

LARGEST_NUMBER, LONGEST_LIST, LONGEST_SHOWN = 65536, 16, 24
"""Of all other settings; of lists and tables; letters of a value that are repeated."""

SMALLEST, ABOVE_ZERO = 1e-6, ("s", "scale", "beta_min")
"""The smallest magnitude of what is divided by: squares of smaller ones leave the range of float32."""

LARGEST_LAYER = 2**22
"""Values of one image in one layer, 16 MiB."""


def check_sizes(settings: Mapping[str, Any]) -> None:
    """Look at what stands under [model].

    Raises:
        ValueError: naming the setting and its rule.
    """
    _check("model", settings)
    size, widths = settings.get("image_size"), settings.get("widths")
    if not isinstance(size, int) or not isinstance(widths, list):
        return
    layers = [width * (size / 2**depth) ** 2 for depth, width in enumerate(widths, 1)]
    depth = settings.get("local_depth", 1)
    layers.append(2 * settings.get("local_latents", 0) * (size / 2**depth) ** 2)
    if max(layers) > LARGEST_LAYER:
        raise ValueError(
            f"image_size, widths and local_latents make a layer of {max(layers):.0f} values; at most "
            f"{LARGEST_LAYER} an image"
        )


def _check(name: str, value: Any) -> None:
    if name in SIZES:
        _check_size(name, value)
    elif isinstance(value, Mapping):
        _check_length(name, len(value))
        for key, part in value.items():
            _check(str(key), part)
    elif isinstance(value, list):
        _check_length(name, len(value))
        for part in value:
            _check(name, part)
    elif not isinstance(value, int | float) or not abs(value) <= LARGEST_NUMBER:
        raise ValueError(f"{name} must hold numbers up to {LARGEST_NUMBER} only, got {_shown(value)}")
    elif name in ABOVE_ZERO and abs(value) < SMALLEST:
        raise ValueError(f"{name} must be at least {SMALLEST:g}, got {_shown(value)}")


def _check_size(name: str, value: Any) -> None:
    parts = value if isinstance(value, list) and value else [value]
    _check_length(name, len(parts))
    for part in parts:
        if type(part) is not int or not 0 <= part <= SIZES[name]:
            raise ValueError(f"{name} must hold whole numbers in [0, {SIZES[name]}] only, got {_shown(part)}")


def _check_length(name: str, length: int) -> None:
    if length > LONGEST_LIST:
        raise ValueError(f"{name} must be at most {LONGEST_LIST} long, got {length}")


def _shown(value: Any) -> str:
    """The first letters of a value."""
    text = repr(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."
