"""What a lesson says of figures: comparisons, and sentences with figures in them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from explorer.lessons.figures import Figures

SIDE = r"\s*(?:(?P<{0}factor>[0-9.]+)\s*\*?\s*)?(?P<{0}name>[a-z_][a-z_.:-]*)?\s*"
CLAIM = re.compile(SIDE.format("left_") + r"(?P<sign>[<>])" + SIDE.format("right_"))
PLACE = re.compile(r"\{([^{}]+)\}")
PERCENT = " %"


@dataclass(frozen=True)
class Claim:
    """A comparison of two figures, of multiples of them, or of a figure and a number: `ap:a > 2 ap:b`."""

    text: str

    def __post_init__(self) -> None:
        found = CLAIM.fullmatch(self.text)
        sides = ("left_", "right_")
        if found is None or any(not (found[f"{side}factor"] or found[f"{side}name"]) for side in sides):
            raise ValueError(f"a claim must be like `ap:a > 2 ap:b` or `kl < 10`, got {self.text!r}")

    def holds(self, figures: Figures) -> bool:
        """Whether it is true; ValueError where a figure is unknown."""
        found = CLAIM.fullmatch(self.text)
        assert found is not None
        left, right = (
            float(found[f"{side}factor"] or 1) * (figures[name] if (name := found[f"{side}name"]) else 1.0)
            for side in ("left_", "right_")
        )
        return left > right if found["sign"] == ">" else left < right


def filled_in(text: str, figures: Figures) -> str:
    """A sentence with the figures that stand in braces, to three digits; `{name %}` in percent.

    Raises:
        ValueError: where a figure is unknown.
    """

    def shown(found: re.Match[str]) -> str:
        name = found[1]
        if name.endswith(PERCENT):
            return f"{100 * figures[name.removesuffix(PERCENT)]:.3g} %"
        return f"{figures[name]:.3g}"

    return PLACE.sub(shown, text)
