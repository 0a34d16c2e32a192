"""Predictors of many passes on the page: run once, within a budget, for the current betas alone."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np
import pytest
import torch
from streamlit.runtime.scriptrunner_utils.exceptions import RerunException
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData

from explorer.contracts import ScoreMap
from explorer.evidence import Evidence
from explorer.looking import caches, runs, server
from explorer.looking.cohort import cohort
from explorer.looking.healthy import FEWEST_SLICES, quantiles
from explorer.looking.output.packets import meanwhile, packets
from explorer.looking.scene import resolve
from explorer.looking.state import State
from explorer.looking.view import look
from explorer.predictors import PREDICTORS, HealthyScores, Predictor, score
from explorer.predictors.energy_projection import EnergyProjection
from explorer.ui.pages import explore
from tests.support.frames import all_frames
from tests.support.packets import read, read_all

STEPS = 7
RUNS: list[int] = []
TAKEN: list[int] = []


class Counting(Predictor):
    """Scores every pixel by the number of its step."""

    title, summary, source, iterative = "Counting", "the number of the step", "none", True
    formula = "t"

    def maps(self, evidence: Evidence, calibration: HealthyScores | None = None) -> Iterator[ScoreMap]:
        RUNS.append(len(evidence.x))
        for step in range(1, STEPS + 1):
            TAKEN.append(step)
            yield ScoreMap(torch.full_like(evidence.x, step), step)


@pytest.fixture
def counting(state: State, monkeypatch: pytest.MonkeyPatch) -> State:
    monkeypatch.setattr(caches, "QUANTILES", caches.Recent(64))
    monkeypatch.setitem(PREDICTORS._plugins, "counting", Counting)
    RUNS.clear()
    TAKEN.clear()
    return dataclasses.replace(state, predictors={"counting": Counting(), **state.predictors})


def test_a_run_tells_every_step_and_is_not_run_again(counting: State) -> None:
    assert list(runs.run(resolve(counting))) == [("counting", step) for step in range(1, STEPS + 1)]
    assert list(runs.run(resolve(counting))) == [] and len(RUNS) == 1
    found = runs.answer(resolve(counting), "counting")
    assert found.step == STEPS and float(found.values.mean()) == STEPS


def test_a_run_that_is_left_is_not_an_answer(counting: State) -> None:
    running = runs.run(resolve(counting))
    next(running)
    del running
    assert runs.answer(resolve(counting), "counting").step == STEPS and len(RUNS) == 2


class ChangedAtTheThirdStep:
    """A place on a page of which a control is changed while the third step is told, as Streamlit does it."""

    def caption(self, text: str) -> None:
        if "step 3" in text:
            raise RerunException(RerunData())


def test_a_changed_control_ends_the_computation(counting: State) -> None:
    with pytest.raises(RerunException):
        explore._iterate(resolve(counting), ChangedAtTheThirdStep())
    assert TAKEN == [1, 2, 3] and server.turns()._free == server.workers()


def test_the_time_budget_ends_a_run(counting: State, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "SECONDS", 0.0)
    assert list(runs.run(resolve(counting))) == [("counting", 1)]
    assert runs.answer(resolve(counting), "counting").step == 1


def test_others_may_compute_between_two_steps(counting: State) -> None:
    for _ in runs.run(resolve(counting)):
        assert server.turns()._free == server.workers()


def test_another_image_beta_or_option_is_another_run(codes: State) -> None:
    few = EnergyProjection(steps=2)
    codes = dataclasses.replace(codes, predictors={"energy-projection": few})
    first = runs.answer(resolve(codes), "energy-projection")
    assert runs.answer(resolve(dataclasses.replace(codes, cohort_size=64)), "energy-projection") is first
    for change in ({"seed": 6}, {"place": (2, 3)}):
        other = runs.answer(resolve(dataclasses.replace(codes, **change)), "energy-projection")
        assert not other.curves["energy"].equal(first.curves["energy"])


def test_frames_of_all_betas_run_once_and_hold_the_current_one(counting: State) -> None:
    found = all_frames(counting)
    assert RUNS.count(1) == 1 and len(found.betas) == 26
    track = found.tracks["counting"]
    assert track.maps.shape == (1, 28, 28) and track.bars.shape == (1, 3) and len(track.figures) == 1
    assert list(found.tracks) == list(counting.predictors)
    assert len(found.tracks["kl-gradient"].maps) == 26
    assert look(resolve(counting)).maps["counting"].mean() == STEPS and RUNS.count(1) == 1


def test_a_packet_says_for_which_beta_it_was_run(counting: State) -> None:
    header, arrays = read_all(packets(resolve(counting)))
    only = {entry["name"]: entry["only_beta"] for entry in header["predictors"]}
    assert only.pop("counting") == counting.beta and set(only.values()) == {None}
    figures = header["predictors"][0]["figures"]
    assert {len(values) for values in figures.values()} == {1}
    assert len(arrays["map:counting"].codes) == 1
    moved = dataclasses.replace(counting, beta=2.0, scoring_beta=2.0)
    assert resolve(moved).slice_key != header["slice"]


def test_what_the_card_does_not_know_is_counted_on_few_slices_at_one_node(counting: State) -> None:
    found = quantiles(resolve(counting), "counting", [0.4, 0.5], [0.4, 0.5])
    assert (found == STEPS).all() and RUNS == [FEWEST_SLICES]


# a VQ-VAE


def test_the_view_of_codes_is_that_of_the_evidence(codes: State) -> None:
    shown = look(resolve(codes))
    evidence = resolve(codes).evidence()
    calibration = server.pretrained(codes.model).calibration[codes.dataset]
    for name, predictor in codes.predictors.items():
        expected = score(predictor, evidence, calibration)[0, 0].numpy()
        np.testing.assert_allclose(shown.maps[name], expected, rtol=1e-4, atol=1e-6, err_msg=name)
    assert shown.kl == pytest.approx(float(evidence.kl)) and shown.elbo == pytest.approx(shown.rec + shown.kl)


def test_codes_have_one_frame_and_no_gradient_of_the_kl(codes: State) -> None:
    found = all_frames(codes)
    assert found.betas.tolist() == [1.0]
    assert found.grad_kl is None and found.scoring is None
    assert set(found.tracks) == set(codes.predictors)
    header, arrays = read_all(packets(resolve(codes)))
    assert "grad-kl" not in arrays and "grad-rec" in arrays
    assert header["kl"] == found.kl.tolist() and header["scoring"] is None


def test_a_cohort_of_codes_has_all_their_scores(codes: State) -> None:
    quick = {name: p for name, p in codes.predictors.items() if not p.iterative}
    *_, last = cohort(resolve(dataclasses.replace(codes, predictors=quick)))
    assert last.done == 8 and set(last.predictors) == set(quick)
    assert set(last.sample_scores) == {"rec", "kl", "elbo", "code-surprise"}


def test_all_else_is_shown_while_many_passes_are_taken(counting: State) -> None:
    scene = resolve(counting)
    header, arrays = read(meanwhile(scene))
    pending = {one["name"]: one["pending"] for one in header["predictors"]}
    assert pending == {name: name == "counting" for name in counting.predictors} and not RUNS
    assert header["figures"]["counting"]["auroc"] == [None] and not arrays["map:counting"].codes.any()
    list(runs.run(scene))
    first, final = read(next(packets(scene)))
    assert header["slice"] == first["slice"] and header["view"] != first["view"]
    assert not any(one["pending"] for one in first["predictors"])
    for name in scene.quick.state.predictors:
        assert header["figures"][name] == first["figures"][name]
        if f"map:{name}" in final:
            assert np.array_equal(arrays[f"map:{name}"].codes, final[f"map:{name}"].codes)
