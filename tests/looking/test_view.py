"""The view of a slice: exactly what the core computes, and a cohort computed once."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest
import torch

from explorer.anomalies import plant
from explorer.contracts import stack
from explorer.evaluation import cohort as cohorts
from explorer.evidence import observe
from explorer.looking import cohort as cohorts_of_scenes
from explorer.looking import server
from explorer.looking.cohort import cohort, held_out, held_out_curve
from explorer.looking.output.packets import packets
from explorer.looking.scene import resolve
from explorer.looking.state import State
from explorer.looking.view import look
from explorer.predictors import score
from tests.support.tiny import NAME

FIELD = "fashion-mnist"


def test_maps_are_those_of_the_evidence(state: State) -> None:
    state = dataclasses.replace(state, scoring_beta=2.0)
    shown = look(resolve(state))
    case = plant(server.dataset(FIELD), "test", state.place, state.anomaly, state.seed)
    pretrained = server.pretrained(NAME)
    evidence = observe(pretrained.model, stack([case.image]), 0.5, scoring_beta=2.0)
    assert shown.case.image.equal(case.image) and shown.case.mask.equal(case.mask)
    torch.testing.assert_close(torch.from_numpy(shown.x_hat), evidence.x_hat[0, 0])
    for name, values in shown.maps.items():
        expected = score(state.predictors[name], evidence, pretrained.calibration[FIELD])[0, 0]
        torch.testing.assert_close(torch.from_numpy(values), expected, msg=name)
    assert (shown.rec, shown.kl) == pytest.approx((float(evidence.rec), float(evidence.kl)), rel=1e-5)
    assert shown.elbo == pytest.approx(shown.rec + 2.0 * shown.kl, rel=1e-5)


def test_histograms_count_the_foreground(state: State) -> None:
    shown = look(resolve(state))
    foreground, mask = shown.case.source.foreground, shown.case.mask
    for histogram in shown.histograms.values():
        assert histogram.anomalous == int((mask & foreground).sum())
        assert histogram.healthy == int((~mask & foreground).sum())


def test_the_viewer_and_the_page_share_one_pass(state: State) -> None:
    sizes: list[int] = []
    model = server.pretrained(NAME).model
    hook = model.register_forward_hook(lambda module, inputs, output: sizes.append(len(inputs[0])))  # type: ignore[attr-defined]
    look(resolve(state))
    next(packets(resolve(state)))
    look(resolve(dataclasses.replace(state, cohort_size=16)))
    hook.remove()
    assert sizes.count(1) == 1


def test_a_finished_cohort_is_not_computed_again(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[int] = []

    def counted(*arguments: Any, **options: Any) -> Iterator[cohorts.CohortResult]:
        runs.append(1)
        return cohorts.run_cohort(*arguments, **options)

    monkeypatch.setattr(cohorts_of_scenes, "run_cohort", counted)
    (first,) = cohort(resolve(state))
    (second,) = cohort(resolve(dataclasses.replace(state, place=(4, 4))))  # another slice, the same cohort
    assert second is first and first.done == first.total == 8
    assert len(runs) == 1
    (other,) = cohort(resolve(dataclasses.replace(state, seed=6)))
    assert other is not first and len(runs) == 2


def test_an_abandoned_cohort_is_not_remembered(state: State) -> None:
    state = dataclasses.replace(state, cohort_size=32)
    assert next(cohort(resolve(state))).done == cohorts.MANY
    assert [result.done for result in cohort(resolve(state))] == [8, 16, 24, 32]
    assert [result.done for result in cohort(resolve(state))] == [32]


def test_the_held_out_curve_is_the_cards(tiny_model: None) -> None:
    card = server.pretrained(NAME).card
    found = held_out(card, FIELD)
    assert found is not None and held_out(card, "brain/t1") is None
    betas, kl, rec = held_out_curve(found)
    assert (betas.tolist(), kl.tolist(), rec.tolist()) == (
        [0.01, 0.3, 10.0],
        [3.0, 2.0, 1.0],
        [1.0, 2.0, 3.0],
    )
