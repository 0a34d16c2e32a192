"""Films of runs and walks: what the predictors and the model did, step by step, computed once."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch

from explorer.contracts import ScoreMap
from explorer.evidence.restoration import uniform_noise
from explorer.evidence.walk import Walk
from explorer.looking import caches, runs, server
from explorer.looking.charts.prior import DRAWN, IMAGE, prior_chart, prior_sentence
from explorer.looking.films import restoring, walked, walking
from explorer.looking.runs import MOST_KEPT, Reel
from explorer.looking.scene import resolve
from explorer.looking.state import State
from explorer.predictors.energy_projection import EnergyProjection
from explorer.predictors.latent_restoration import LatentRestoration
from explorer.predictors.map_restoration import MapRestoration
from explorer.wire.film import Film
from tests.support.tiny_codes import plain_walk


def played(state: State, name: str) -> tuple[list[int], Film]:
    *steps, film = restoring(resolve(state), name)
    assert isinstance(film, Film)
    return [step for step in steps if isinstance(step, int)], film


def walk_of(state: State, number: int = 0) -> Walk:
    *_, found = walking(resolve(state), number)
    assert isinstance(found, Walk)
    return found


@pytest.mark.parametrize("count", [1, MOST_KEPT, MOST_KEPT + 1, 3 * MOST_KEPT, 500])
def test_a_reel_keeps_evenly_spaced_states_and_the_last(count: int) -> None:
    reel = Reel()
    for step in range(1, count + 1):
        reel.add(ScoreMap(torch.full((1, 1, 1, 1), float(step)), step))
    steps = [scored.step for scored in reel.states()]
    assert steps[0] == 1 and steps[-1] == count and len(steps) <= MOST_KEPT + 1
    assert len(set(np.diff(steps[:-1]).tolist())) <= 1
    assert len(steps) >= min(count, MOST_KEPT // 2)


def test_a_film_of_a_run_holds_its_states(state: State) -> None:
    predictor = MapRestoration(steps=5)
    state = dataclasses.replace(state, predictors={"map-restoration": predictor})
    steps, film = played(state, "map-restoration")
    assert steps == [1, 2, 3, 4, 5] and list(film.labels) == ["the image", *(f"step {k}" for k in steps)]
    maps = list(predictor.maps(resolve(state).evidence()))
    image, restored, scores = film.layers
    assert np.array_equal(restored.values[0], image.values[0])
    for k, scored in enumerate(maps, 1):
        assert scored.restored is not None
        np.testing.assert_allclose(restored.values[k], scored.restored[0, 0], atol=1e-5)
        np.testing.assert_allclose(scores.values[k], scored.values[0, 0], atol=1e-5)
    energy = film.curves["energy before the step"]
    np.testing.assert_allclose(energy[1:], [float(m.curves["energy"][0]) for m in maps], rtol=1e-4)
    assert energy[0] == energy[1] and not scores.values[0].any()


def test_a_map_on_the_page_and_its_film_are_one_run(state: State) -> None:
    state = dataclasses.replace(state, predictors={"map-restoration": MapRestoration(steps=3)})
    found = runs.answer(resolve(state), "map-restoration")
    steps, film = played(state, "map-restoration")
    assert steps == [] and np.array_equal(film.layers[-1].values[-1], found.values[0, 0].numpy())


def test_codes_that_were_replaced_are_shown(codes: State) -> None:
    settings = LatentRestoration(level=0.5, restorations=4)
    codes = dataclasses.replace(codes, predictors={"latent-restoration": settings})
    _, film = played(codes, "latent-restoration")
    replaced = next(layer for layer in film.layers if layer.title == "Replaced codes")
    assert replaced.values.shape == (5, 7, 7)
    assert not replaced.values[0].any() and 0 < replaced.values[-1].max() <= 1


def test_a_run_without_options_on_the_page_has_its_defaults(codes: State) -> None:
    codes = dataclasses.replace(codes, predictors={})
    _, film = played(codes, "energy-projection")
    assert len(film.labels) <= EnergyProjection().steps + 1 and "energy before the step" in film.curves


def test_a_walk_is_a_restoration_and_is_kept(codes: State, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caches, "SLICES", caches.SliceCaches(walks=caches.Recent(2)))
    settings = LatentRestoration(level=0.5, seed=3)
    codes = dataclasses.replace(codes, predictors={"latent-restoration": settings})
    first, second = walk_of(codes, 1), walk_of(codes, 1)
    assert second is first and walk_of(codes, 0) is not first
    pretrained = server.pretrained(codes.model)
    prior = pretrained.model.prior  # type: ignore[attr-defined]
    noise = uniform_noise(2, prior.length, 3)
    plain = plain_walk(prior, first.codes.flatten()[None], torch.tensor([first.threshold]), noise)
    assert first.restored.flatten().equal(plain[0, 1])
    calibration = pretrained.calibration[codes.dataset]
    assert first.threshold == pytest.approx(float(calibration.quantile("code-surprise", 1.0, 0.5)))


def test_the_film_of_a_walk_leads_from_the_image_to_the_residual(codes: State) -> None:
    found = walk_of(codes)
    film = walked(resolve(codes), found)
    image, encode, quantise, resample, decode, residual = film.layers
    assert [layer.title[0] for layer in film.layers[1:]] == ["1", "2", "3", "4", "5"]
    assert encode.values.shape[1:] == quantise.values.shape[1:] == (7, 7)
    assert np.array_equal(resample.values[0], quantise.values[0])
    np.testing.assert_allclose(residual.values, np.abs(image.values - decode.values))
    evidence = resolve(codes).evidence()
    np.testing.assert_allclose(decode.values[0], evidence.x_hat[0, 0], atol=1e-5)
    assert film.curves["KL, nats"][0] == pytest.approx(float(evidence.kl), rel=1e-5)
    assert {layer.title for layer in film.layers if layer.pick} == {"2 Quantise", "3 Resample"}


def test_the_caller_may_stop_and_others_may_compute_in_between(codes: State) -> None:
    running = walking(resolve(dataclasses.replace(codes, seed=77)), 0)
    next(running)
    assert server.turns()._free == server.workers()


def test_the_prior_is_shown_at_every_code(codes: State) -> None:
    settings = LatentRestoration(level=0.5)
    found = walk_of(dataclasses.replace(codes, predictors={"latent-restoration": settings}))
    assert 0 < int(found.drawn.sum()) < 49
    for row, column in ((0, 0), *found.drawn.nonzero()[:2].tolist(), *(~found.drawn).nonzero()[:2].tolist()):
        (bars,) = prior_chart(found, row, column).figure.data
        shown = dict(zip(bars.x, bars.y, strict=True))
        marked = dict(zip(bars.marker.color, bars.x, strict=True))
        own, drawn = int(found.codes[row, column]), int(found.restored[row, column])
        assert marked[IMAGE] == str(own) and (own == drawn or marked[DRAWN] == str(drawn))
        assert shown[str(own)] == pytest.approx(float(found.probabilities[row * 7 + column, own]))
        said = prior_sentence(found, row, column)
        assert ("so it stays" in said) != bool(found.drawn[row, column])
