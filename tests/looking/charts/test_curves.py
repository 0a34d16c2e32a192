"""Curves: the right points on the right axes, nothing where nothing is defined, and the same in numbers."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
import torch

from explorer.evaluation.curves import auroc, average_precision
from explorer.evaluation.histogram import ScoreHistogram
from explorer.looking.charts import Chart, curve_charts
from explorer.looking.charts.curves import LOWEST, POINTS
from explorer.predictors import PREDICTORS
from explorer.predictors.appearance import appearance

SCORES = torch.tensor([0.1, 0.2, 0.3, 0.4])
MASK = torch.tensor([False, True, False, True])
NAME = "kl-gradient"
TITLES = {PREDICTORS[name].title for name in PREDICTORS.names()}


def histograms(mask: torch.Tensor = MASK, *names: str) -> dict[str, ScoreHistogram]:
    return {name: ScoreHistogram.of(SCORES, mask) for name in names or (NAME,)}


def many(count: int = 20_000) -> ScoreHistogram:
    """Scores of which 2 % are anomalous and higher on the whole."""
    generator = torch.Generator().manual_seed(0)
    mask = torch.rand(count, generator=generator) < 0.02
    return ScoreHistogram.of(torch.randn(count, generator=generator) + 2 * mask, mask)


def chart(found: dict[str, ScoreHistogram], basis: str = "") -> Chart:
    (made,) = curve_charts("This slice", found, basis)
    return made


def lines(made: Chart, axis: str) -> dict[str, go.Scatter]:
    """Lines of the ROC (`x`) or of precision over recall (`x2`) by name, without their numbers."""
    return {title(line): line for line in made.figure.data if line.name and (line.xaxis or "x") == axis}


def title(line: go.Scatter) -> str:
    return re.sub(r"^\d+ ", "", line.name or "")


def points(line: go.Scatter) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in zip(line.x, line.y, strict=True)]


def test_roc_has_the_hand_counted_corners_beside_chance() -> None:
    found = lines(chart(histograms()), "x")
    assert set(found) == {"Chance", PREDICTORS[NAME].title}
    assert points(found[PREDICTORS[NAME].title]) == [(0, 0), (0, 0.5), (0.5, 0.5), (0.5, 1), (1, 1)]
    np.testing.assert_array_equal(found["Chance"].x, found["Chance"].y)


def test_chance_is_straight_on_a_logarithmic_axis_too() -> None:
    x = lines(chart(histograms()), "x")["Chance"].x
    assert x[0] == 0 and x[1] == pytest.approx(LOWEST) and x[-1] == 1
    assert np.diff(np.log10(x[1:-1])).max() < 0.2


def test_precision_begins_at_the_highest_score_and_lies_beside_the_prevalence() -> None:
    found = lines(chart(histograms()), "x2")
    assert found["Chance"].y.tolist() == [0.5, 0.5]
    assert points(found[PREDICTORS[NAME].title]) == [
        (0.5, 1),
        (0.5, 0.5),
        (1, pytest.approx(2 / 3)),
        (1, 0.5),
    ]


def test_there_is_no_stroke_where_recall_is_none() -> None:
    worst_first = {NAME: ScoreHistogram.of(SCORES, ~MASK)}
    assert points(lines(chart(worst_first), "x2")[PREDICTORS[NAME].title])[0] == (0, 0)


def test_each_point_says_its_threshold() -> None:
    line = lines(chart(histograms()), "x")[PREDICTORS[NAME].title]
    np.testing.assert_allclose(line.customdata[1:], SCORES.numpy()[::-1], rtol=0.01)
    assert line.customdata[0] == np.inf and "threshold %{customdata" in line.hovertemplate


@pytest.mark.parametrize("found", [{}, {NAME: ScoreHistogram.empty()}, histograms(MASK & False)])
def test_an_undefined_curve_is_left_out_and_said(found: dict[str, ScoreHistogram]) -> None:
    made = chart(found)
    assert len(made.figure.data) == 0
    assert "no curve is defined" in made.figure.layout.title.subtitle.text


def test_long_curves_are_thinned() -> None:
    made = chart({NAME: many()})
    assert all(2 < len(line.x) <= POINTS for line in made.figure.data if title(line) in TITLES)


def test_low_rates_keep_their_shape_on_the_logarithmic_axis() -> None:
    x = lines(chart({NAME: many(1_000_000)}), "x")[PREDICTORS[NAME].title].x
    assert ((x > LOWEST) & (x < 0.01)).sum() > 20


def test_a_chord_is_bent_on_the_logarithmic_axis() -> None:
    tied = {NAME: ScoreHistogram.of(torch.tensor([0.5, 0.5, 0.1]), torch.tensor([False, True, False]))}
    line = lines(chart(tied), "x")[PREDICTORS[NAME].title]
    assert points(line)[0] == (0, 0) and points(line)[-2:] == [(0.5, 1), (1, 1)]
    on_chord = line.x <= 0.5
    np.testing.assert_allclose(line.y[on_chord], 2 * line.x[on_chord], rtol=1e-5)
    assert np.diff(np.log10(line.x[on_chord][1:])).max() < 0.2
    assert line.customdata[1:-1] == pytest.approx(0.5, rel=0.01)


def test_the_switch_makes_the_axis_logarithmic_from_the_lowest_rate() -> None:
    made = chart(histograms())
    assert made.switch is not None and made.figure.layout.xaxis.type is None
    switched = made.figure.update_layout({k.replace(".", "_"): v for k, v in made.switch.layout.items()})
    assert switched.layout.xaxis.type == "log"
    assert [10**end for end in switched.layout.xaxis.range] == pytest.approx([1e-4, 1], rel=0.05)


def test_a_predictor_is_drawn_alike_in_both_and_listed_once() -> None:
    made = chart({NAME: many(), "intensity": many()})
    for name in (NAME, "intensity"):
        look = appearance(name)
        both: list[Any] = [lines(made, axis)[PREDICTORS[name].title] for axis in ("x", "x2")]
        for line in both:
            assert (line.line.color, line.line.dash) == (look.colour, look.dash)
            assert line.marker.symbol == look.marker
        assert {line.legendgroup for line in both} == {name}
        assert [line.showlegend for line in both] == [None, False]
    assert len({line.uid for line in made.figure.data}) == len(made.figure.data)


def test_lines_bear_the_numbers_of_the_legend_where_they_are_furthest_apart() -> None:
    made = chart({NAME: many(), "intensity": many(5_000)})
    for number, name in enumerate((NAME, "intensity"), 1):
        for axis, sign, level in (("x", 1, 1), ("x2", -1, 0)):
            line = lines(made, axis)[PREDICTORS[name].title]
            (label,) = (one for one in made.figure.data if one.uid == f"{line.uid}-number")
            assert label.text == (str(number),) and line.name.startswith(f"{number} ")
            assert (label.xaxis or "x", label.legendgroup) == (axis, line.legendgroup)
            assert (*label.x, *label.y) in points(line)
            least = min(abs(x + sign * y - level) for x, y in points(line))
            assert abs(label.x[0] + sign * label.y[0] - level) == pytest.approx(least, abs=1e-6)


def test_a_line_keeps_its_uid_whatever_stands_beside_it() -> None:
    alone, beside = (
        {line.uid for line in chart(found).figure.data if title(line) == PREDICTORS[NAME].title}
        for found in (histograms(), histograms(MASK, "intensity", NAME))
    )
    assert alone == beside


def test_what_stands_behind_is_said() -> None:
    made = chart(histograms(), "64 slices of 12 subjects")
    assert made.figure.layout.title.subtitle.text == "64 slices of 12 subjects, 4 pixels, 50.0 % anomalous"
    assert "64 slices of 12 subjects, 4 pixels" in made.alt


def test_figures_stand_in_the_table_and_in_words() -> None:
    histogram = many()
    made = chart({NAME: histogram})
    area, precision = auroc(histogram), average_precision(histogram)
    assert f"KL gradient: AUROC {area:.3f}, AP {precision:.3f}" in made.alt
    cells = re.findall(r"<td>(.*?)</td>", made.table)
    assert cells[:3] == ["KL gradient", f"{area:.3g}", f"{precision:.3g}"]
    roc = lines(made, "x")["KL gradient"]
    for cell, rate in zip(cells[3:], (0.01, 0.05), strict=True):
        assert float(cell) == pytest.approx(np.interp(rate, roc.x, roc.y), abs=0.02)
