"""Healthy quantiles: the card's where it holds them, else those of healthy slices, exact at the nodes."""

from __future__ import annotations

import dataclasses
import itertools
from typing import Any

import numpy as np
import pytest

from explorer.evaluation.calibrating import FEW_SLICES
from explorer.evaluation.calibration import LEVELS
from explorer.evidence import observe
from explorer.looking import caches, server
from explorer.looking.healthy import Floats, bar_ends, colour_bars, healthy_pixels, quantiles, residual_bar
from explorer.looking.scene import resolve
from explorer.looking.state import State
from explorer.predictors import PREDICTORS, score
from tests.support.tiny import NAME

NODES = [10 ** (k / 2) for k in range(-4, 3)]


def changed(state: State, name: str, **options: Any) -> State:
    """The state with one predictor alone, at these options."""
    return dataclasses.replace(state, predictors={name: PREDICTORS[name](**options)})


def counted(state: State, name: str, beta: float, scoring_beta: float) -> Floats:
    """Quantiles straight from the scores of healthy foreground pixels."""
    pretrained = server.pretrained(NAME)
    healthy = server.healthy_slices(state.dataset, FEW_SLICES)
    evidence = observe(pretrained.model, healthy.images, beta, scoring_beta=scoring_beta)
    scores = score(state.predictors[name], evidence, resolve(state).healthy)
    found: Floats = np.quantile(scores[healthy.foregrounds].numpy(), LEVELS)
    return found


def test_default_settings_are_on_the_card(state: State) -> None:
    calibration = server.pretrained(NAME).calibration[state.dataset]
    for name in state.predictors:
        found = quantiles(resolve(state), name, [0.1, 0.5], [0.1, 0.5])
        expected = [[float(calibration.quantile(name, b, level)) for level in LEVELS] for b in (0.1, 0.5)]
        np.testing.assert_allclose(found, expected)


def test_settings_that_were_calibrated_are_on_the_card_too(state: State) -> None:
    state = changed(state, "reconstruction-error", sign="brighter", tolerance=3, sigma=1.0)
    known = server.pretrained(NAME).calibration[state.dataset]
    name = "reconstruction-error:sign=brighter,tolerance=3,sigma=1.0"
    (found,) = quantiles(resolve(state), "reconstruction-error", [0.1], [0.1])
    np.testing.assert_allclose(found, [float(known.quantile(name, 0.1, level)) for level in LEVELS])


def test_what_an_ensemble_compares_with_is_gathered_once(state: State) -> None:
    state = changed(state, "ensemble", members="intensity:sigma=2.5", rule="tail")
    known = resolve(state).healthy
    assert known is not None and known.knows("intensity:sigma=2.5")
    assert resolve(dataclasses.replace(state, beta=0.1)).healthy is known
    assert not server.pretrained(NAME).calibration[state.dataset].knows("intensity:sigma=2.5")


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("reconstruction-error", {"form": "squared"}),
        ("ensemble", {"members": "elbo-gradient"}),
        ("ensemble", {"members": "intensity:sigma=2,kl-gradient", "rule": "tail"}),
    ],
)
def test_changed_options_are_counted_at_a_node(state: State, name: str, options: dict[str, str]) -> None:
    state = changed(state, name, **options)
    (found,) = quantiles(resolve(state), name, [1.0], [1.0])
    np.testing.assert_allclose(found, counted(state, name, 1.0, 1.0), rtol=1e-4, atol=1e-6)


def test_a_scoring_beta_of_its_own_is_counted_at_a_node(state: State) -> None:
    found = quantiles(resolve(state), "elbo-gradient", [0.1, 0.1, 10.0], [0.0, 1.0, 0.01])
    pairs = ((0.1, 0.0), (0.1, 1.0), (10.0, 0.01))
    expected = [counted(state, "elbo-gradient", *pair) for pair in pairs]
    np.testing.assert_allclose(found, expected, rtol=1e-4)


def test_quantiles_are_linear_between_nodes(state: State) -> None:
    state = changed(state, "reconstruction-error", form="squared")
    nodes = [NODES[2], 10**-0.75, NODES[3]]
    low, middle, high = quantiles(resolve(state), "reconstruction-error", nodes, [0.0] * 3)
    np.testing.assert_allclose(middle, (low + high) / 2, rtol=1e-6)
    low, middle, high = quantiles(
        resolve(dataclasses.replace(state, predictors={"elbo-gradient": PREDICTORS["elbo-gradient"]()})),
        "elbo-gradient",
        [0.1] * 3,
        [10**0.5, (10**0.5 + 10**0.75) / 2, 10**0.75],
    )
    np.testing.assert_allclose(middle, (low + high) / 2, rtol=1e-6)


def test_between_nodes_quantiles_stay_near_those_counted_there(state: State) -> None:
    for beta, scoring_beta in itertools.product((0.05, 0.5, 6.0), (0.005, 0.07, 2.0)):
        (found,) = quantiles(resolve(state), "elbo-gradient", [beta], [scoring_beta])
        expected = counted(state, "elbo-gradient", beta, scoring_beta)
        np.testing.assert_allclose(found[4:-1], expected[4:-1], rtol=0.1)


def test_the_scoring_beta_does_not_count_where_it_is_not_used(state: State) -> None:
    for name, predictor in state.predictors.items():
        apart, linked = (quantiles(resolve(state), name, [0.1], [b]) for b in (3.0, 0.1))
        assert predictor.uses_scoring_beta == (not np.array_equal(apart, linked))


def test_nothing_is_counted_twice(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caches, "QUANTILES", caches.Recent(64))
    sizes: list[int] = []
    model = server.pretrained(NAME).model
    hook = model.register_forward_hook(lambda module, inputs, output: sizes.append(len(inputs[0])))  # type: ignore[attr-defined]
    for scoring_beta in (0.0, 0.3, 5.0, 0.3):
        quantiles(resolve(state), "elbo-gradient", NODES, [scoring_beta] * len(NODES))
    hook.remove()
    assert sizes == [FEW_SLICES] * len(NODES)


def test_colour_bars_are_quantiles_but_that_of_the_image(state: State) -> None:
    rows = quantiles(resolve(state), "kl-gradient", [0.3], [0.3])
    ends = [LEVELS.index(level) for level in (0.2, 0.999, 0.99)]
    assert colour_bars(resolve(state), "kl-gradient", rows).tolist() == rows[:, ends].tolist()
    rows = quantiles(resolve(state), "intensity", [0.3], [0.3])
    assert colour_bars(resolve(state), "intensity", rows).tolist() == [[0, 1, rows[0, ends[2]]]]
    for options in ({"sigma": 1.5}, {"mode": "dark"}):
        own = resolve(changed(state, "intensity", **options))
        assert colour_bars(own, "intensity", quantiles(own, "intensity", [0.3], [0.3]))[0, :2].tolist() == [
            0,
            1,
        ]
    deviation = changed(state, "intensity", mode="deviation")
    rows = quantiles(resolve(deviation), "intensity", [0.3], [0.3])
    (found,) = colour_bars(resolve(deviation), "intensity", rows)
    assert found.tolist() == [*(end[0] for end in bar_ends(rows)), rows[0, ends[2]]]


def test_no_map_of_healthy_pixels_glows(state: State) -> None:
    even = np.array(LEVELS)[None]  # the quantiles of percentiles
    low, high = bar_ends(even)
    assert 1 - np.interp((low[0] + high[0]) / 2, even[0], LEVELS) == pytest.approx(0.1)
    state = changed(state, "ensemble")
    rows = quantiles(resolve(state), "ensemble", [1.0], [1.0])
    low, high, _ = colour_bars(resolve(state), "ensemble", rows)[0]
    assert 1 - np.interp((low + high) / 2, rows[0], LEVELS) <= 0.1 + 1e-9


def test_a_bar_keeps_its_width_where_many_pixels_share_the_highest_score() -> None:
    rows = np.minimum(np.array(LEVELS), 0.7)
    assert tuple(float(end) for end in bar_ends(rows)) == (0.2, 0.7)


def test_which_pixels_are_healthy_is_said() -> None:
    assert "calibration slices of brain/flair" in healthy_pixels("real/flair")


def test_the_residual_ends_where_the_error_does(state: State) -> None:
    scene, name = resolve(state), "reconstruction-error"
    bars = colour_bars(scene, name, quantiles(scene, name, NODES, NODES))
    assert residual_bar(scene, NODES).tolist() == pytest.approx(bars[:, 1].tolist())
