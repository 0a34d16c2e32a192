"""What was drawn for one anomaly: everything that is needed to plant it again."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from explorer.anomalies.shape.painted import decode

Shape = Literal["blob", "disc", "square"]
Sign = Literal[-1, 1]

SHAPES: tuple[str, ...] = get_args(Shape)
STRENGTHS = (0.0, 1.0)
SIZES = (0.03, 0.6)
HARMONICS = (2, 3, 4, 5, 6)
"""Orders of the outline's Fourier series; the first order is left out because it would move the centre."""


@dataclass(frozen=True)
class Params:
    """The parameters of one planted anomaly; the same ones give the same pixels.

    Attributes:
        strength: how strong the change is, in [0, 1]; its meaning is the family's.
        size: diameter of the region as a fraction of the image's width, in [0.03, 0.6].
        position: centre as fractions (x, y) of width and height in [0, 1], or None for a drawn place.
        place: which foreground pixel is the centre where `position` is None, in [0, 1).
        shape: form of the region.
        outline: Fourier amplitudes of a blob's outline: the cosines of `HARMONICS`, then their sines.
        direction: orientation of what has one, radians.
        seed: of the noise fields, at least 0.
        sign: brighter or source (1), darker or sink (-1).
        choice: one more draw in [0, 1): the constant of `uniform`, the origin of `copy`.
        painted: text of a shape that takes the place of `shape` and `outline`, or empty; see
            `explorer.anomalies.shape.painted`.
    """

    strength: float
    size: float
    position: tuple[float, float] | None
    place: float
    shape: Shape
    outline: tuple[float, ...]
    direction: float
    seed: int
    sign: Sign
    choice: float
    painted: str = ""

    def __post_init__(self) -> None:
        _check_between("strength", self.strength, *STRENGTHS)
        _check_between("size", self.size, *SIZES)
        for name, fraction in (("place", self.place), ("choice", self.choice)):
            if not (_is_number(fraction) and 0 <= fraction < 1):
                raise ValueError(f"{name} must be in [0, 1), got {fraction!r}")
        if self.position is not None and not _is_inside(self.position):
            raise ValueError(
                f"position must lie inside the image, x and y in [0, 1], got {self.position!r}; "
                "move the anomaly back into the picture"
            )
        if self.shape not in SHAPES:
            raise ValueError(f"shape must be one of {', '.join(SHAPES)}; got {self.shape!r}")
        if len(self.outline) != 2 * len(HARMONICS) or not all(map(_is_number, self.outline)):
            raise ValueError(f"outline must be {2 * len(HARMONICS)} numbers, got {self.outline!r}")
        if not _is_number(self.direction):
            raise ValueError(f"direction must be a finite angle in radians, got {self.direction!r}")
        if isinstance(self.seed, bool) or not isinstance(self.seed, int) or self.seed < 0:
            raise ValueError(f"seed must be a whole number of at least 0, got {self.seed!r}")
        if self.sign not in (-1, 1):
            raise ValueError(f"sign must be -1 or 1, got {self.sign!r}")
        decode(self.painted)

    def to_json(self) -> dict[str, object]:
        """The parameters as plain values that `json` writes and `from_json` reads back exactly."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in dataclasses.asdict(self).items()
        }

    @classmethod
    def from_json(cls, values: object) -> Params:
        """The parameters that `to_json` wrote; ValueError where a key or a value is not theirs."""
        if not isinstance(values, Mapping):
            raise ValueError(f"anomaly parameters must be a JSON object, got {values!r}")
        expected = {field.name for field in dataclasses.fields(cls)}
        if set(values) != expected:
            wrong = ", ".join(sorted(map(str, set(values) ^ expected)))
            raise ValueError(
                f"anomaly parameters must hold exactly the known keys; missing or unknown: {wrong}"
            )
        as_tuples: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in values.items()
        }
        if not isinstance(as_tuples["outline"], tuple):
            raise ValueError(f"outline must be a list of numbers, got {values['outline']!r}")
        return cls(**as_tuples)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_inside(position: object) -> bool:
    if not isinstance(position, tuple) or len(position) != 2:
        return False
    return all(_is_number(fraction) and 0 <= fraction <= 1 for fraction in position)


def _check_between(name: str, value: float, low: float, high: float) -> None:
    if not (_is_number(value) and low <= value <= high):
        raise ValueError(f"{name} must be in [{low:g}, {high:g}], got {value!r}")
