"""What can be watched step by step: runs of predictors of many passes, and the codes of a VQ-VAE."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from explorer.contracts import Case
from explorer.evidence.walk import Walk, walk
from explorer.looking import caches
from explorer.looking.healthy import LOW_LEVEL, TOP_LEVEL, colour_bars, quantiles
from explorer.looking.runs import MOST_KEPT, planted, run, seen, states
from explorer.looking.state import State
from explorer.predictors import PREDICTORS
from explorer.predictors.base import codes_of
from explorer.predictors.latent_restoration import LatentRestoration
from explorer.wire.film import Film, Layer

CODES = "codes"
"""Stands beside the predictors' names for the step-through of a VQ-VAE."""


def alone(state: State, name: str) -> State:
    """The state with one predictor, at the page's settings where it is among its maps."""
    return dataclasses.replace(
        state, predictors={name: state.predictors.get(name) or PREDICTORS[name]()}, cohort_size=0
    )


def restoring(state: State, name: str) -> Iterator[int | Film]:
    """Run a predictor; yields the number of each step and in the end the film; the caller may stop."""
    state = alone(state, name)
    for _, step in run(state):
        yield step
    maps, case = states(state, name), planted(state)
    image = case.image.numpy()[None]
    ((low, high, _),) = colour_bars(state, name, quantiles(state, name, [state.beta], [state.scoring_beta]))
    scores = np.stack([np.zeros_like(image[0]), *(scored.values[0, 0].numpy() for scored in maps)])
    layers = [_image(case)]
    if all(scored.restored is not None for scored in maps):
        restored = [scored.restored[0, 0].numpy() for scored in maps if scored.restored is not None]
        caption = "The image on its way to health"
        layers.append(Layer("Restored", caption, np.stack([image[0], *restored]), 0, 1, "grey"))
    if all(scored.changed is not None for scored in maps):
        changed = [scored.changed[0].numpy() for scored in maps if scored.changed is not None]
        caption = "Share of the restorations so far that replaced this code"
        layers.append(Layer("Replaced codes", caption, np.stack([0 * changed[0], *changed]), 0, 1, "cividis"))
    caption = "The score so far; the colour bar is that of the map"
    layers.append(Layer("Anomaly score", caption, scores, low, high, "inferno"))
    names = {key: [float(scored.curves[key][0]) for scored in maps] for key in maps[0].curves}
    curves = {f"{key} before the step": np.array([values[0], *values]) for key, values in names.items()}
    labels = ["the image", *(f"step {scored.step}" for scored in maps)]
    yield Film(repr((state, caches.pretrained(state.model).card.sha256)), labels, layers, curves)


def walking(state: State, number: int) -> Iterator[float | Walk]:
    """Walk over the codes; yields the share done and in the end the walk, the caller may stop before.

    Args:
        state: the page's; its model must be a VQ-VAE.
        number: which of the restorations, from 0.
    """
    settings = settings_of_walk(state)
    pretrained = caches.pretrained(state.model)
    calibration = pretrained.calibration[state.dataset]
    threshold = float(calibration.quantile("code-surprise", state.beta, settings.level))
    key = (_key(state), threshold, settings.seed, number)
    found = state.caches.walks.get(key)
    if found is None:
        with caches.NETWORK:
            evidence = codes_of(seen(state, planted(state)))
        steps = walk(evidence, threshold, number=number, seed=settings.seed, most=MOST_KEPT)
        while found is None:
            with caches.NETWORK:
                share, found = next(steps)
            yield share
        state.caches.walks.put(key, found)
    yield found


def settings_of_walk(state: State) -> LatentRestoration:
    """Level and seed of the page's latent restoration, or its defaults."""
    chosen = state.predictors.get("latent-restoration")
    return chosen if isinstance(chosen, LatentRestoration) else LatentRestoration()


def walked(state: State, found: Walk) -> Film:
    """The film of a walk: encode, quantise, resample, decode, residual."""
    case = planted(state)
    calibration = caches.pretrained(state.model).calibration[state.dataset]
    low, high, top = (
        float(calibration.quantile(name, state.beta, level))
        for name, level in (
            ("code-surprise", LOW_LEVEL),
            ("code-surprise", TOP_LEVEL),
            ("reconstruction-error", TOP_LEVEL),
        )
    )
    latents, surprise, images = (
        part.float().numpy() for part in (found.latents, found.surprise, found.images)
    )
    vocabulary = found.probabilities.shape[1]
    layers = [
        _image(case),
        Layer("1 Encode", "Size of the latent vector at each place", latents[None],
              0, float(latents.max()), "grey"),
        Layer("2 Quantise", f"Each latent is replaced by the nearest of {vocabulary} codes; colour: how "
              "unlikely the code is to the prior, nats. Click one to see what the prior expected",
              surprise[:1], low, high, "inferno", pick=True),
        Layer("3 Resample", "Codes above the threshold are drawn anew, one after the other; colour as before",
              surprise, low, high, "inferno", pick=True),
        Layer("4 Decode", "The image of the present codes", images, 0, 1, "grey"),
        Layer("5 Residual", "How far the image is from that", np.abs(case.image.numpy() - images),
              0, top, "inferno"),
    ]  # fmt: skip
    count = found.codes.numel()
    labels = [f"{position} of {count} codes passed" for position in found.positions.tolist()]
    curves: dict[str, NDArray[np.float64]] = {
        "KL, nats": found.surprise.double().sum((1, 2)).numpy(),
    }
    key = repr((_key(state), found.threshold, found.noise[:4].tolist()))
    return Film(key, labels, layers, curves)


def _image(case: Case) -> Layer:
    return Layer("Image", "The image, with the anomaly", case.image.numpy()[None], 0, 1, "grey")


def _key(state: State) -> tuple[object, ...]:
    sha256 = caches.pretrained(state.model).card.sha256
    return state.dataset, state.place, repr(state.anomaly), state.seed, sha256
