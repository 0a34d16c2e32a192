"""The table: a row a predictor, the best of each column in bold, a dash where nothing is defined."""

from __future__ import annotations

import re
from typing import Any

import torch

from explorer.evaluation.histogram import ScoreHistogram
from explorer.looking.charts.tables import HEADINGS, figures_table
from explorer.predictors import PREDICTORS

MASK = torch.tensor([False, True, False, True])
GOOD = ScoreHistogram.of(torch.tensor([0.1, 0.3, 0.2, 0.4]), MASK)
POOR = ScoreHistogram.of(torch.tensor([0.4, 0.3, 0.2, 0.1]), MASK)


def row(auroc: float | None, seconds: float = 0.0123) -> dict[str, Any]:
    return {
        "auroc": auroc,
        "average_precision": 0.25,
        "best_dice": 0.5,
        "dice_threshold": 0.012345,
        "image_auroc": None,
        "seconds": seconds,
    }


def cells(table: str) -> list[list[str]]:
    """Texts of the table's body, row by row, a star before what is bold."""
    body = table.partition("<tbody>")[2]
    rows = [re.findall(r"<td( class=['\"]?best['\"]?)?>(.*?)</td>", line) for line in body.split("<tr>")[1:]]
    return [[bool(best) * "*" + re.sub("<.*?>", "", text) for best, text in line] for line in rows]


def test_figures_stand_under_their_headings() -> None:
    table = figures_table({"kl-gradient": POOR}, {"predictors": {"kl-gradient": row(0.75)}})
    assert table.count('<th scope="col"') == 1 + len(HEADINGS)
    ((name, auroc, _, *cohort),) = cells(table)
    assert (name, auroc) == (PREDICTORS["kl-gradient"].title, "0.250")
    assert cohort == ["0.750", "0.250", "0.500", "0.0123", "–", "12.3"]


def test_the_best_of_a_column_is_bold() -> None:
    found = {"predictors": {"intensity": row(0.6), "kl-gradient": row(0.9)}}
    first, second = cells(figures_table({"intensity": GOOD, "kl-gradient": POOR}, found))
    assert (first[1], second[1]) == ("*1.000", "0.250")
    assert (first[3], second[3]) == ("0.600", "*0.900")


def aurocs(*values: float | None) -> list[str]:
    """The cohort's AUROC as the table shows it."""
    names = ("intensity", "kl-gradient", "elbo-gradient")
    found = {"predictors": dict(zip(names, map(row, values), strict=False))}
    return [line[3] for line in cells(figures_table(dict.fromkeys(found["predictors"], GOOD), found))]


def test_differences_of_nothing_are_not_bold() -> None:
    assert aurocs(0.9, 0.9, 0.9) == ["0.900"] * 3
    assert aurocs(0.9, 0.905, 0.909) == ["0.900", "0.905", "0.909"]
    assert aurocs(0.9, 0.905, 0.7) == ["*0.900", "*0.905", "0.700"]
    assert aurocs(0.9) == ["0.900"]
    assert aurocs(0.9, None) == ["0.900", "–"]


def test_nothing_is_best_that_is_no_better_than_chance() -> None:
    assert aurocs(0.3, 0.49, 0.1) == ["0.300", "0.490", "0.100"]
    found = {"predictors": {"intensity": row(0.6), "kl-gradient": row(0.9)}, "prevalence": 0.3}
    found["predictors"]["intensity"] |= {"average_precision": 0.2, "best_dice": 0.44}  # type: ignore[index]
    for line in cells(figures_table({"intensity": GOOD, "kl-gradient": POOR}, found)):
        assert not line[4].startswith("*")  # AP at most .25, by chance .3
    assert 2 * 0.3 / 1.3 > 0.44  # Dice of marking all pixels


def test_what_is_not_known_yet_is_a_dash() -> None:
    healthy = ScoreHistogram.of(torch.ones(4), torch.zeros(4, dtype=torch.bool))
    ((_, *texts),) = cells(figures_table({"intensity": healthy}, None))
    assert texts == ["–"] * len(HEADINGS)


def test_no_predictors_make_an_empty_table() -> None:
    assert cells(figures_table({}, {"predictors": {}})) == []
