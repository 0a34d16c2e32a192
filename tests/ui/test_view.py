"""The view of a slice: exactly what the core computes, and a cohort computed once."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest
import torch

from explorer.anomalies import plant
from explorer.code_evidence import observe
from explorer.contracts import stack
from explorer.evaluation import cohort as cohorts
from explorer.predictors import PREDICTORS, score
from explorer.ui import cached, view
from explorer.ui.state import State
from tests.tiny import NAME

FIELD = "fashion-mnist"


def test_maps_are_those_of_the_evidence(state: State) -> None:
    state = dataclasses.replace(state, scoring_beta=2.0)
    shown = view.look(state)
    case = plant(cached.dataset(FIELD), "test", state.place, state.anomaly, state.seed)
    pretrained = cached.pretrained(NAME)
    evidence = observe(pretrained.model, stack([case.image]), 0.5, scoring_beta=2.0)
    assert shown.case.image.equal(case.image) and shown.case.mask.equal(case.mask)
    torch.testing.assert_close(torch.from_numpy(shown.x_hat), evidence.x_hat[0, 0])
    for name, values in shown.maps.items():
        expected = score(state.predictors[name], evidence, pretrained.card.calibration[FIELD])[0, 0]
        torch.testing.assert_close(torch.from_numpy(values), expected, msg=name)
    assert (shown.rec, shown.kl) == pytest.approx((float(evidence.rec), float(evidence.kl)), rel=1e-5)
    assert shown.elbo == pytest.approx(shown.rec + 2.0 * shown.kl, rel=1e-5)


def test_histograms_count_the_foreground(state: State) -> None:
    shown = view.look(state)
    foreground, mask = shown.case.source.foreground, shown.case.mask
    for histogram in shown.histograms.values():
        assert histogram.anomalous == int((mask & foreground).sum())
        assert histogram.healthy == int((~mask & foreground).sum())


def test_ranges_are_quantiles_of_the_card_for_every_image(state: State) -> None:
    calibration = cached.pretrained(NAME).card.calibration[FIELD]
    ranges = view.look(state).ranges
    assert ranges == view.look(dataclasses.replace(state, place=(2, 0), seed=9)).ranges
    for name, found in ranges.items():
        quantiles = [float(calibration.quantile(name, 0.5, level)) for level in (0.2, 0.999, 0.99)]
        assert found == ((0.0, 1.0, quantiles[2]) if name == "intensity" else pytest.approx(quantiles))


def test_a_scoring_beta_of_its_own_widens_the_elbo_gradient_alone(state: State) -> None:
    linked = view.look(state).ranges
    apart = view.look(dataclasses.replace(state, scoring_beta=0.0)).ranges
    assert {name for name in linked if linked[name] != apart[name]} == {"elbo-gradient"}


def test_panels_show_input_reconstruction_residual_and_every_map(state: State) -> None:
    shown = view.look(state)
    found = view.panels(state, shown)
    titles = [PREDICTORS[name].title for name in state.predictors]
    assert [panel.title for panel in found] == ["Input", "Reconstruction", "Signed residual", *titles]
    residual = found[2]
    assert residual.low == -residual.high
    assert (residual.values == found[0].values - found[1].values).all()


def test_a_finished_cohort_is_not_computed_again(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[int] = []

    def counted(*arguments: Any, **options: Any) -> Iterator[cohorts.CohortResult]:
        runs.append(1)
        return cohorts.run_cohort(*arguments, **options)

    monkeypatch.setattr(view, "run_cohort", counted)
    (first,) = view.cohort(state)
    (second,) = view.cohort(dataclasses.replace(state, place=(4, 4)))  # another slice, the same cohort
    assert second is first and first.done == first.total == 8
    assert len(runs) == 1
    (other,) = view.cohort(dataclasses.replace(state, seed=6))
    assert other is not first and len(runs) == 2


def test_an_abandoned_cohort_is_not_remembered(state: State) -> None:
    state = dataclasses.replace(state, cohort_size=32)
    assert next(view.cohort(state)).done == 16
    assert [result.done for result in view.cohort(state)] == [16, 32]
    assert [result.done for result in view.cohort(state)] == [32]


def test_the_held_out_curve_is_the_cards(tiny_model: None) -> None:
    betas, kl, rec = view.held_out_curve(cached.pretrained(NAME).card, FIELD)
    assert (betas.tolist(), kl.tolist(), rec.tolist()) == (
        [0.01, 0.3, 10.0],
        [3.0, 2.0, 1.0],
        [1.0, 2.0, 3.0],
    )
