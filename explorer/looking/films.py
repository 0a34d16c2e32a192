"""What can be watched step by step: runs of predictors of many passes, and the codes of a VQ-VAE."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from explorer.concurrency.turns import Rank
from explorer.contracts import Case
from explorer.evaluation.calibration import Calibration
from explorer.evidence.walk import Walk, walk
from explorer.looking import server
from explorer.looking.healthy import LOW_LEVEL, TOP_LEVEL, colour_bars, quantiles
from explorer.looking.runs import MOST_KEPT, run, states
from explorer.looking.scene import Scene
from explorer.predictors import PREDICTORS
from explorer.predictors.base import codes_of
from explorer.predictors.latent_restoration import LatentRestoration
from explorer.wire.film import Film, Layer

CODES = "codes"
"""Stands beside the predictors' names for the step-through of a VQ-VAE."""


def alone(scene: Scene, name: str) -> Scene:
    """The scene with one predictor, at the page's settings where it is among its maps."""
    predictor = scene.state.predictors.get(name) or PREDICTORS[name]()
    return scene.with_state(predictors={name: predictor}, cohort_size=0)


def restoring(scene: Scene, name: str) -> Iterator[int | Film]:
    """Run a predictor; yields the number of each step and in the end the film; the caller may stop."""
    scene = alone(scene, name)
    for _, step in run(scene):
        yield step
    maps, state = states(scene, name), scene.state
    image = scene.case.image.numpy()[None]
    rows = quantiles(scene, name, [state.beta], [state.scoring_beta])
    ((low, high, _),) = colour_bars(scene, name, rows)
    scores = np.stack([np.zeros_like(image[0]), *(scored.values[0, 0].numpy() for scored in maps)])
    layers = [_image(scene.case)]
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
    key = repr((scene.case_key, state.beta, state.scoring_beta, state.predictors))
    yield Film(key, labels, layers, curves)


def walking(scene: Scene, number: int) -> Iterator[float | Walk]:
    """Walk over the codes; yields the share done and in the end the walk, the caller may stop before.

    Args:
        scene: the page's; its model must be a VQ-VAE.
        number: which of the restorations, from 0.
    """
    settings = settings_of_walk(scene)
    threshold = float(_calibrated(scene).quantile("code-surprise", scene.state.beta, settings.level))
    key = (scene.case_key, threshold, settings.seed, number)
    found = scene.caches.walks.get(key)
    if found is None:
        with server.network(Rank.SOON):
            evidence = codes_of(scene.evidence())
        steps = walk(evidence, threshold, number=number, seed=settings.seed, most=MOST_KEPT)
        while found is None:
            with server.network(Rank.SOON):
                share, found = next(steps)
            yield share
        scene.caches.walks.put(key, found)
    yield found


def settings_of_walk(scene: Scene) -> LatentRestoration:
    """Level and seed of the page's latent restoration, or its defaults."""
    chosen = scene.state.predictors.get("latent-restoration")
    return chosen if isinstance(chosen, LatentRestoration) else LatentRestoration()


def walked(scene: Scene, found: Walk) -> Film:
    """The film of a walk: encode, quantise, resample, decode, residual."""
    case, healthy = scene.case, _calibrated(scene)
    low, high, top = (
        float(healthy.quantile(name, scene.state.beta, level))
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
    key = repr((scene.case_key, found.threshold, found.noise[:4].tolist()))
    return Film(key, labels, layers, curves)


def _image(case: Case) -> Layer:
    return Layer("Image", "The image, with the anomaly", case.image.numpy()[None], 0, 1, "grey")


def _calibrated(scene: Scene) -> Calibration:
    """The healthy scores that a walk needs; ValueError where the model has none."""
    if scene.healthy is None:
        raise ValueError("the codes need a calibrated model, got none; choose another model")
    return scene.healthy
