"""The betas that the sliders offer are those of the viewer's frames."""

from __future__ import annotations

import pytest

from explorer.looking import server
from explorer.looking.defaults import BETA
from explorer.ui.controls.model import beta_options
from tests.support.tiny import NAME


@pytest.fixture(autouse=True)
def tiny(tiny_model: None) -> None:
    """The tiny network is enough."""


def test_betas_run_in_equal_ratios_from_end_to_end() -> None:
    options = beta_options(server.pretrained(NAME))
    assert (len(options), options[0], options[-1]) == (25, "0.01", "10")
    assert f"{BETA:g}" in options
    ratios = [float(b) / float(a) for a, b in zip(options, options[1:], strict=False)]
    assert ratios == pytest.approx([10 ** (1 / 8)] * 24, rel=0.01)
