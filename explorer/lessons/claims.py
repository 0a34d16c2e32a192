"""What a lesson says of figures: comparisons, and sentences with figures in them."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from explorer.lessons.figures import Figures

SIDE = r"\s*(?:(?P<{0}factor>[0-9.]+)\s*)?(?P<{0}name>[a-z_][a-z_.:-]*)?\s*"
CLAIM = re.compile(SIDE.format("left_") + r"(?P<sign>[<>])" + SIDE.format("right_"))
PLACE = re.compile(r"\{([^{}]+)\}")
PERCENT = " %"


@dataclass(frozen=True)
class Claim:
    """A comparison of two figures, of multiples of them, or of a figure and a number: `ap:a > 2 ap:b`."""

    text: str

    def __post_init__(self) -> None:
        parts = self._parts()
        if not all(parts[f"{side}factor"] or parts[f"{side}name"] for side in ("left_", "right_")):
            raise ValueError(f"a claim has a figure or a number on both sides, got {self.text!r}")

    def _parts(self) -> re.Match[str]:
        found = CLAIM.fullmatch(self.text)
        if found is None:
            raise ValueError(f"a claim must be like `ap:a > 2 ap:b` or `kl < 10`, got {self.text!r}")
        return found

    def margin(self, figures: Figures) -> float:
        """By what share the larger side may fall before it is false; at or below 0 where it is false.

        Raises:
            ValueError: where a figure is unknown or not defined.
        """
        parts = self._parts()
        left, right = (
            float(parts[f"{side}factor"] or 1) * (figures[name] if (name := parts[f"{side}name"]) else 1.0)
            for side in ("left_", "right_")
        )
        larger, smaller = (left, right) if parts["sign"] == ">" else (right, left)
        return 1 - smaller / larger if larger > 0 else -math.inf

    def holds(self, figures: Figures) -> bool:
        """Whether it is true; ValueError as `margin`."""
        return self.margin(figures) > 0


def filled_in(text: str, figures: Figures) -> str:
    """A sentence with the figures that stand in braces, to two digits; `{name %}` in percent.

    Raises:
        ValueError: where a figure is unknown or not defined.
    """

    def shown(found: re.Match[str]) -> str:
        name = found[1]
        if name.endswith(PERCENT):
            return f"{_rounded(100 * figures[name.removesuffix(PERCENT)])} %"
        return _rounded(figures[name])

    return PLACE.sub(shown, text)


def _rounded(value: float) -> str:
    """Two digits, without an exponent, none after the point from 10 on."""
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    digits = max(1 - math.floor(math.log10(abs(value))), 0)
    return f"{value:.{digits}f}"
