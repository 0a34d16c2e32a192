"""Betas between two options of a slider."""

from __future__ import annotations

import pytest

from explorer.looking import server
from explorer.ui.controls.model import beta_options
from explorer.ui.controls.widgets import nearest
from tests.support.tiny import NAME

OPTIONS = ("0", "0.01", "0.0133", "0.1", "1", "10")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("1.0", "1"),
        ("0.3", "0.1"),
        ("0.32", "1"),  # the middle of 0.1 and 1 in ratio is 0.316
        ("0.0", "0"),
        ("0.0001", "0"),
        ("0.009", "0.01"),
        ("1e1", "10"),
    ],
)
def test_the_nearest_in_ratio_is_taken(asked: str, found: str) -> None:
    assert nearest(asked, OPTIONS) == found


@pytest.mark.parametrize("asked", ["-1", "10.1", "nan", "inf", "-inf", "1e999", "", "<b>", "1,0"])
def test_what_lies_beyond_the_ends_is_refused(asked: str) -> None:
    with pytest.raises(ValueError):
        nearest(asked, OPTIONS)


def test_every_option_is_its_own_nearest(tiny_model: None) -> None:
    options = beta_options(server.pretrained(NAME))
    assert [nearest(option, options) for option in options] == list(options)
    with pytest.raises(ValueError):
        nearest("0.005", options)
