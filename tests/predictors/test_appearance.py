"""How predictors' lines look: told apart by everyone, and by no other predictor's coming changed."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import ClassVar

import numpy as np
import pytest
from numpy.typing import NDArray

from explorer.contracts import ScoreMap
from explorer.evidence import Evidence
from explorer.predictors import PREDICTORS, HealthyScores, Predictor, listed
from explorer.predictors.appearance import Appearance, appearance

SIGHTS = {
    "full": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "no red": ((0.152, 1.053, -0.205), (0.115, 0.786, 0.099), (-0.004, -0.048, 1.052)),
    "no green": ((0.367, 0.861, -0.228), (0.280, 0.673, 0.047), (-0.012, 0.043, 0.969)),
    "no blue": ((1.256, -0.077, -0.179), (-0.078, 0.931, 0.148), (0.005, 0.691, 0.304)),
}
"""What a kind of colour blindness leaves of linear RGB (Machado, Oliveira and Fernandes, 2009)."""
OWN = [name for name in PREDICTORS.names() if PREDICTORS[name].colour]
"""Predictors that say their colour themselves."""
NEWCOMER = "aardvark"
"""A name that comes before all others."""


class Newcomer(Predictor):
    title: ClassVar[str] = "Aardvark"

    def maps(self, evidence: Evidence, calibration: HealthyScores | None = None) -> Iterator[ScoreMap]:
        yield ScoreMap(evidence.x)


@pytest.fixture
def newcomer(monkeypatch: pytest.MonkeyPatch) -> str:
    PREDICTORS.names()
    monkeypatch.setitem(PREDICTORS._plugins, NEWCOMER, Newcomer)
    return NEWCOMER


def linear(colour: str) -> NDArray[np.float64]:
    """Linear RGB in [0, 1]."""
    c = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def lab(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    """CIE L*a*b* of linear RGB, white as of sRGB; distances of 2 are just seen."""
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ rgb
    f = np.cbrt(xyz / np.array([0.9505, 1, 1.089]))
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("sight", SIGHTS)
def test_shipped_colours_differ_to_every_sight(sight: str) -> None:
    sees = np.array(SIGHTS[sight])
    seen = {name: lab(np.clip(sees @ linear(appearance(name).colour), 0, 1)) for name in OWN}
    for one, other in itertools.combinations(OWN, 2):
        assert np.linalg.norm(seen[one] - seen[other]) > 12, (one, other)


@pytest.mark.parametrize("page", ["#ffffff", "#0e1117"])
def test_shipped_lines_stand_out_from_a_bright_and_a_dark_page(page: str) -> None:
    weights = np.array([0.2126, 0.7152, 0.0722])
    for name in OWN:
        dark, bright = sorted(float(weights @ linear(one)) for one in (page, appearance(name).colour))
        assert (bright + 0.05) / (dark + 0.05) > 2.2, name


def test_shipped_lines_are_told_apart_without_colour_twice() -> None:
    assert len({appearance(name).dash for name in OWN}) == len(OWN)
    assert len({appearance(name).marker for name in OWN}) == len(OWN)


def test_a_newcomer_changes_nobody_and_has_a_look_of_its_own(newcomer: str) -> None:
    with pytest.MonkeyPatch.context() as without:
        without.delitem(PREDICTORS._plugins, newcomer)
        before = {name: appearance(name) for name in PREDICTORS.names()}
        order = listed(PREDICTORS.names())
    assert {name: appearance(name) for name in before} == before
    assert [name for name in listed(PREDICTORS.names()) if name != newcomer] == order
    assert appearance(newcomer) == Appearance("#39c687", "solid", "pentagon")  # in every process
    assert appearance(newcomer).colour not in {one.colour for one in before.values()}


def test_a_newcomer_is_listed_before_those_of_many_passes(newcomer: str) -> None:
    names = listed([newcomer, *OWN])
    assert names[names.index(newcomer) + 1 :] == [name for name in names if PREDICTORS[name].iterative]


def test_names_are_listed_by_order_whatever_order_they_come_in() -> None:
    names = ["latent-restoration", "ensemble", "reconstruction-error", "intensity"]
    wanted = ["intensity", "reconstruction-error", "ensemble", "latent-restoration"]
    assert listed(names) == listed(reversed(names)) == wanted
