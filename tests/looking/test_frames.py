"""The frames of a slice: each one the view at its betas, computed in few passes, the current one first."""

from __future__ import annotations

import dataclasses
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch

from explorer.anomalies import ANOMALIES
from explorer.contracts import Conditions, stack
from explorer.evaluation.calibrating import FEW_SLICES
from explorer.evaluation.curves import auroc, average_precision, best_dice
from explorer.evidence import observe
from explorer.looking import server
from explorer.looking.frames import Track, first_frames, frame_betas
from explorer.looking.guest import Guest
from explorer.looking.scene import resolve
from explorer.looking.state import State
from explorer.looking.view import SliceView, look
from explorer.predictors import PREDICTORS
from explorer.predictors.filters.gaussian import smooth
from tests.support.frames import all_frames, batches
from tests.support.tiny import NAME
from tests.support.tiny_codes import CONDITIONED, SETTINGS, save_tiny_codes

close = partial(np.testing.assert_allclose, rtol=1e-3, atol=1e-5)
"""A batch rounds differently from a single image."""


def check_track(track: Track, at: int, shown: SliceView, name: str) -> None:
    """One frame of a predictor against the view."""
    histogram = shown.histograms[name]
    dice = best_dice(histogram)
    close(track.maps[at], shown.maps[name])
    expected = [auroc(histogram), average_precision(histogram), dice.dice]
    np.testing.assert_allclose(track.figures[at, :3], expected, atol=0.01)


@pytest.mark.parametrize("at", [0, 13, 24])
def test_a_frame_is_the_view_at_its_beta(state: State, at: int) -> None:
    found = all_frames(state)
    beta = float(found.betas[at])
    shown = look(resolve(dataclasses.replace(state, beta=beta, scoring_beta=beta)))
    close(found.x_hat[at], shown.x_hat)
    for name in state.predictors:
        check_track(found.tracks[name], at, shown, name)
    sample_scores = (found.rec[at], found.kl[at], found.elbo[at])
    assert sample_scores == pytest.approx((shown.rec, shown.kl, shown.elbo), rel=1e-4)
    calibration = server.pretrained(NAME).calibration[state.dataset]
    high = float(calibration.quantile("reconstruction-error", beta, 0.999))
    assert found.residual_bar[at] == pytest.approx(high)


def test_colour_bars_are_quantiles_of_the_card_for_every_image(state: State) -> None:
    calibration = server.pretrained(NAME).calibration[state.dataset]
    one, other = (first_frames(resolve(s)) for s in (state, dataclasses.replace(state, place=(2, 0), seed=9)))
    for name, track in one.tracks.items():
        assert np.array_equal(track.bars, other.tracks[name].bars)
        low, upper, high, mark = calibration.quantile(
            name, 0.5, torch.tensor([0.2, 0.9, 0.999, 0.99], dtype=torch.float64)
        ).tolist()
        ends = [0.0, 1.0] if name == "intensity" else [max(low, 2 * upper - high), high]
        wanted = [*ends, mark]
        assert track.bars[0] == pytest.approx(wanted)


def test_a_scoring_beta_of_its_own_widens_the_elbo_gradient_alone(state: State) -> None:
    linked, apart = (
        first_frames(resolve(s)).tracks for s in (state, dataclasses.replace(state, scoring_beta=0.0))
    )
    assert {n for n in linked if not np.array_equal(linked[n].bars, apart[n].bars)} == {"elbo-gradient"}


@pytest.mark.parametrize("scoring_beta", [0.5, 3.0])
def test_a_scoring_beta_of_its_own_stays(state: State, scoring_beta: float) -> None:
    state = dataclasses.replace(state, scoring_beta=scoring_beta, linked=False)
    found = all_frames(state)
    assert (found.scoring_betas == scoring_beta).all()
    shown = look(resolve(dataclasses.replace(state, beta=float(found.betas[20]))))
    check_track(found.tracks["elbo-gradient"], 20, shown, "elbo-gradient")
    assert found.elbo[20] == pytest.approx(shown.elbo, rel=1e-4)


def test_the_group_of_the_current_beta_comes_first_then_the_others(state: State) -> None:
    betas = frame_betas(0.01, 10.0)
    first, *others = batches(dataclasses.replace(state, beta=betas[12], scoring_beta=betas[12]))
    assert tuple(first.betas) == betas[10:15]
    assert [tuple(part.betas) for part in others] == [betas[:5], betas[5:10], betas[15:20], betas[20:]]


def test_a_beta_between_those_of_the_frames_is_a_group_of_its_own(state: State) -> None:
    first, *others = batches(dataclasses.replace(state, beta=0.51, scoring_beta=0.51))
    assert first.betas.tolist() == [0.51]
    assert tuple(np.concatenate([part.betas for part in others])) == frame_betas(0.01, 10.0)


def test_a_frame_is_the_same_to_the_bit_from_wherever_it_is_looked_at(state: State) -> None:
    betas = frame_betas(0.01, 10.0)
    one, other = (
        all_frames(dataclasses.replace(state, beta=betas[at], scoring_beta=betas[at])) for at in (2, 21)
    )
    for key in ("x_hat", "grad_rec", "grad_kl", "rec", "kl", "elbo"):
        assert np.array_equal(getattr(one, key), getattr(other, key)), key
    for name, track in one.tracks.items():
        assert np.array_equal(track.maps, other.tracks[name].maps), name
        assert np.array_equal(track.figures, other.tracks[name].figures), name


def test_betas_are_log_spaced_and_the_current_one_is_among_them_once(state: State) -> None:
    betas = frame_betas(0.01, 10.0)
    assert betas[::8] == (0.01, 0.1, 1.0, 10.0)
    np.testing.assert_allclose(np.diff(np.log(betas)), np.log(1000) / 24, atol=0.01)
    found = all_frames(dataclasses.replace(state, beta=0.0133, scoring_beta=0.0133))
    assert tuple(found.betas) == betas and found.current == 1


def test_one_pass_an_image(state: State) -> None:
    sizes: list[int] = []
    model = server.pretrained(NAME).model
    hook = model.register_forward_hook(lambda module, inputs, output: sizes.append(len(inputs[0])))  # type: ignore[attr-defined]
    all_frames(state)
    hook.remove()
    assert [size for size in sizes if size != FEW_SLICES] == [1, 5, 5, 5, 5, 5]


def test_the_scoring_axis_is_the_view_at_each_scoring_beta(state: State) -> None:
    state = dataclasses.replace(state, scoring_beta=0.6, linked=False)
    axis = all_frames(state).scoring
    assert axis is not None and set(axis.tracks) == {"elbo-gradient"}
    assert tuple(axis.betas) == (0.0, *sorted({*frame_betas(0.01, 10.0), 0.6}))
    assert axis.betas[axis.current] == 0.6
    for at in (0, 7, axis.current, 26):
        shown = look(resolve(dataclasses.replace(state, scoring_beta=float(axis.betas[at]))))
        check_track(axis.tracks["elbo-gradient"], at, shown, "elbo-gradient")
        assert axis.elbo[at] == pytest.approx(shown.elbo, rel=1e-4)


def test_a_scoring_beta_that_follows_has_no_axis(state: State) -> None:
    assert all_frames(state).scoring is None


def test_what_the_elbo_gradient_smooths_is_linear_in_the_scoring_beta(state: State) -> None:
    found = all_frames(dataclasses.replace(state, linked=False))
    axis, now = found.scoring, found.current
    assert axis is not None and found.grad_kl is not None
    grad_rec, grad_kl = (torch.from_numpy(g[now]) for g in (found.grad_rec, found.grad_kl))
    terms = torch.stack([(grad_rec + beta * grad_kl).abs() for beta in axis.betas])[:, None].float()
    np.testing.assert_allclose(
        axis.tracks["elbo-gradient"].maps, smooth(terms)[:, 0].numpy(), rtol=1e-4, atol=1e-5
    )
    np.testing.assert_allclose(axis.elbo, found.rec[now] + axis.betas * found.kl[now], rtol=1e-5)


def test_without_an_anomaly_figures_are_not_defined(state: State) -> None:
    found = all_frames(dataclasses.replace(state, anomaly=ANOMALIES["none"](), anomaly_name="none"))
    assert all(np.isnan(track.figures).all() for track in found.tracks.values())


def test_without_predictors_there_are_still_reconstructions(state: State) -> None:
    found = all_frames(dataclasses.replace(state, predictors={}))
    assert found.x_hat.shape == (26, 28, 28) and found.tracks == {} and found.scoring is None


def test_a_network_of_one_beta_has_one_frame(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server.pretrained(NAME).model, "beta_range", (0.5, 0.5))
    found = all_frames(dataclasses.replace(state, linked=False))
    assert found.betas.tolist() == [0.5]
    assert found.scoring is not None and found.scoring.betas.tolist() == [0.0, 0.5]


def test_a_model_is_told_what_is_known_of_the_slice(codes: State, tmp_path: Path) -> None:
    save_tiny_codes(tmp_path, prior={**SETTINGS["prior"], **CONDITIONED})
    server.pretrained.cache_clear()
    source = server.dataset(codes.dataset).slice("test", *codes.place)
    known = dataclasses.replace(source, contrast="t2", position=4)
    guest = Guest(known, torch.zeros_like(source.foreground), codes.dataset)
    surprise = {"code-surprise": PREDICTORS["code-surprise"]()}
    scene = resolve(dataclasses.replace(codes, guest=guest, predictors=surprise))
    x = stack([scene.case.image])
    told, untold = (
        float(observe(scene.model, x, 1.0, conditions=given).kl) for given in (Conditions.of([known]), None)
    )
    assert told != pytest.approx(untold, rel=1e-2)
    assert float(scene.evidence().kl) == pytest.approx(told)
    assert first_frames(scene).kl == pytest.approx([told])
