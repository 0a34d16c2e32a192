"""Rate and distortion: the current beta lies on the curve, and all that is shown lies within the axes."""

from __future__ import annotations

import re

import numpy as np
import pytest

from explorer.looking.charts import Chart, rate_distortion_chart

BETAS, KL, REC = np.array([0.01, 1.0, 100.0]), np.array([400.0, 100.0, 4.0]), np.array([1.0, 10.0, 100.0])


def ends(made: Chart, axis: str) -> tuple[float, float]:
    low, high = made.figure.layout[axis].range
    return 10**low, 10**high


@pytest.mark.parametrize(("beta", "rate", "distortion"), [(1.0, 100.0, 10.0), (10.0, 20.0, 10**1.5)])
def test_the_current_beta_lies_on_the_curve(beta: float, rate: float, distortion: float) -> None:
    made = rate_distortion_chart(BETAS, KL, REC, beta, (7.0, 8.0))
    curve, current, image = made.figure.data
    assert (current.x[0], current.y[0]) == pytest.approx((rate, distortion))
    assert (image.x[0], image.y[0]) == (7.0, 8.0)
    assert (curve.x.tolist(), curve.y.tolist()) == (KL.tolist(), REC.tolist())
    for line in made.figure.data:
        for values, axis in ((line.x, "xaxis"), (line.y, "yaxis")):
            low, high = ends(made, axis)
            assert all(low < value < high for value in values)


def test_a_single_point_has_a_decade_around_it() -> None:
    one = np.array([50.0])
    made = rate_distortion_chart(np.array([1.0]), one, one, 1.0, (50.0, 50.0))
    low, high = ends(made, "xaxis")
    assert high / low == pytest.approx(10)
    assert (high * low) ** 0.5 == pytest.approx(50)
    assert [line.name for line in made.figure.data] == ["healthy images", "this image"]
    assert "beta" not in made.alt


def test_what_a_logarithmic_axis_cannot_show_is_left_out_of_it_but_not_of_the_table() -> None:
    made = rate_distortion_chart(BETAS, KL, REC, 1.0, (0.0, 8.0))
    assert [line.name for line in made.figure.data] == ["healthy images", "beta 1"]
    assert re.findall(r"<td>(.*?)</td>", made.table)[-3:] == ["this image", "0", "8"]


def test_lines_are_told_apart_without_colour() -> None:
    made = rate_distortion_chart(BETAS, KL, REC, 1.0, (7.0, 8.0))
    assert len({line.marker.symbol for line in made.figure.data}) == 3
