"""After training: figures on held-out healthy data, the calibration, and both files of the model."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from torch import Tensor

from explorer.calibration import calibrate
from explorer.checkpoints import Card, HeldOut, round_weights, save_pretrained
from explorer.contracts import Vae
from explorer.datasets import dataset_names, load_dataset
from explorer.evaluation.cohort import calibration_slices
from explorer.evidence import Evidence
from explorer.models.beta_vae import BetaVae
from explorer.training.recipe import Recipe

CALIBRATION_SLICES = 100
CALIBRATION_BETAS = 13


def betas_between(low: float, high: float, count: int) -> list[float]:
    """`count` betas from `low` to `high`, evenly spaced in log(beta); one if the range is a point."""
    if low == high:
        return [low]
    step = (math.log(high) - math.log(low)) / (count - 1)
    inner = [math.exp(math.log(low) + i * step) for i in range(1, count - 1)]
    return [low, *inner, high]


def finish(model: BetaVae, recipe: Recipe, output: Path, device: torch.device) -> Iterator[str]:
    """Measure and calibrate a trained model, then write its card and weights to `output`.

    Yields the name of each dataset before its turn, for a progress display.
    """
    model.eval().requires_grad_(False).to(device)
    round_weights(model)
    betas = betas_between(*model.beta_range, CALIBRATION_BETAS)
    held_out, calibrations = {}, {}
    for name in dataset_names():
        if name.partition("/")[0] != recipe.dataset:
            continue
        yield name
        images, foregrounds = calibration_slices(load_dataset(name), CALIBRATION_SLICES)
        held_out[name] = measure(model, images, foregrounds, betas, device)
        calibrations[name] = calibrate(model, images, foregrounds, betas, batch_size=25, device=device)
    settings = dataclasses.asdict(recipe)
    card = Card(
        name=recipe.name,
        kind=settings.pop("kind"),
        dataset=settings.pop("dataset"),
        data=settings.pop("data"),
        model=settings.pop("model"),
        recipe={key: value for key, value in settings.items() if key != "name"},
        sha256="",
        held_out=held_out,
        calibration=calibrations,
    )
    save_pretrained(model, card, output)


def measure(
    model: Vae, images: Tensor, foregrounds: Tensor, betas: Sequence[float], device: torch.device
) -> HeldOut:
    """Means over healthy images at each training beta; see `HeldOut`."""
    rows = []
    for beta in betas:
        rec, kl, error, pixels = 0.0, 0.0, 0.0, 0
        for x, foreground in zip(torch.split(images, 50), torch.split(foregrounds, 50), strict=True):
            evidence = Evidence(model, x.to(device), beta)
            rec += float(evidence.rec.sum())
            kl += float(evidence.kl.sum())
            error += float((evidence.x - evidence.x_hat).abs()[foreground.to(device)].sum())
            pixels += int(foreground.sum())
        rows.append((rec / len(images), kl / len(images), error / pixels))
    return HeldOut(tuple(betas), *(tuple(column) for column in zip(*rows, strict=True)))
