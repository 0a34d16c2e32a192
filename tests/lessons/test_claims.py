"""Claims on figures: what holds, by how much, and what is no claim."""

from __future__ import annotations

import pytest

from explorer.lessons.claims import Claim, filled_in
from tests.lessons.figures import Given, given

FIGURES = Given({"kl": 30.0, "small.kl": 900.0, "ap:kl-gradient": 0.25, "share": 0.07, "none": 0.0})


@pytest.mark.parametrize(
    ("text", "margin"),
    [
        ("kl < small.kl", 1 - 30 / 900),
        ("kl > small.kl", 1 - 900 / 30),
        ("small.kl > 10 kl", 1 - 300 / 900),
        ("ap:kl-gradient > 3 share", 1 - 0.21 / 0.25),
        ("ap:kl-gradient < 0.2", 1 - 0.25 / 0.2),
        ("40 > kl", 0.25),
        ("2 none < kl", 1.0),
    ],
)
def test_the_margin_is_the_share_by_which_the_larger_side_may_fall(text: str, margin: float) -> None:
    claim = Claim(text)
    assert claim.margin(FIGURES) == pytest.approx(margin)
    assert claim.holds(FIGURES) == (margin > 0)


def test_equals_and_nothing_do_not_hold() -> None:
    assert not Claim("kl > kl").holds(FIGURES)
    assert not Claim("none > none").holds(FIGURES)


@pytest.mark.parametrize("text", ["kl", "kl = 3", "kl > ", "> 3", "kl > 3 > 2", "kl >= 3", "KL > 3"])
def test_what_is_no_comparison_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="a claim"):
        Claim(text)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.05678, "0.057"),
        (0.83, "0.83"),
        (1.234, "1.2"),
        (29.4, "29"),
        (996.2, "996"),
        (0.0, "0"),
        (0.996, "1.00"),
    ],
)
def test_figures_are_told_to_two_digits(value: float, text: str) -> None:
    assert filled_in("It is {kl}.", given(kl=value)) == f"It is {text}."


def test_shares_are_told_in_percent() -> None:
    assert filled_in("{share %} of {kl}", given(share=0.0625, kl=3.0)) == "6.2 % of 3.0"
