"""The prior's bars: the likeliest codes, and always those that matter here."""

from __future__ import annotations

import dataclasses
import re

import pytest
import torch

from explorer.evidence.walk import Walk
from explorer.looking.charts import prior_chart

PROBABILITIES = torch.arange(1.0, 21.0) / 210  # the last code is the likeliest


@pytest.fixture
def walk() -> Walk:
    code, other, none = torch.tensor([[0]]), torch.tensor([[3]]), torch.zeros(1, 1)
    return Walk(none, code, other, PROBABILITIES[None], none[0], 1.0, code[0], none[None], none[None], 1)


def test_the_likeliest_stand_first_and_the_two_that_matter_are_never_missing(walk: Walk) -> None:
    (bars,) = prior_chart(walk, 0, 0).figure.data
    assert list(bars.x) == [*(str(code) for code in range(19, 7, -1)), "0", "3"]
    assert list(bars.y) == pytest.approx([PROBABILITIES[int(code)].item() for code in bars.x])
    assert [name for name in bars.text if name] == ["image", "drawn"]
    assert (bars.text[-2], bars.text[-1]) == ("image", "drawn")


def test_a_code_that_stayed_is_shown_once(walk: Walk) -> None:
    (bars,) = prior_chart(dataclasses.replace(walk, restored=walk.codes), 0, 0).figure.data
    assert list(bars.x).count("0") == 1 and [name for name in bars.text if name] == ["image"]


def test_the_table_holds_the_bars(walk: Walk) -> None:
    made = prior_chart(walk, 0, 0)
    cells = re.findall(r"<td>(.*?)</td>", made.table)
    assert cells[0::3] == list(made.figure.data[0].x)
    assert [float(cell) for cell in cells[1::3]] == pytest.approx(list(made.figure.data[0].y), rel=5e-3)
