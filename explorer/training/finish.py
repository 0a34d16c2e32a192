"""After training: figures on held-out healthy data, the calibration, and the files of the model."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from torch import Tensor

from explorer.cards import Card, HeldOut, load_pretrained, save_pretrained
from explorer.cards.weights import round_weights, save_calibration
from explorer.contracts import Model
from explorer.datasets import dataset_names, load_dataset
from explorer.evaluation.calibrating import calibrate
from explorer.evaluation.calibration import Calibration
from explorer.evaluation.members import calibration_slices
from explorer.evidence import observe
from explorer.models import Network
from explorer.predictors import PREDICTORS, Predictor, healthy_name, predictors_for
from explorer.settings import plugin_from
from explorer.training.recipe import Recipe, described

CALIBRATION_SLICES, CALIBRATION_BETAS = 100, 13
ITERATIVE_SLICES, ITERATIVE_BETAS = 16, 4
"""For predictors of many passes, which would take hours; quantiles between betas are interpolated."""


def betas_between(low: float, high: float, count: int) -> list[float]:
    """`count` betas from `low` to `high`, evenly spaced in log(beta); one if the range is a point."""
    if low == high:
        return [low]
    step = (math.log(high) - math.log(low)) / (count - 1)
    inner = [math.exp(math.log(low) + i * step) for i in range(1, count - 1)]
    return [low, *inner, high]


def finish(model: Network, recipe: Recipe, output: Path, device: torch.device) -> Iterator[str]:
    """Measure and calibrate a trained model, then write its card, weights and calibration to `output`.

    Yields the name of each dataset before its turn, for a progress display.
    """
    model.eval().requires_grad_(False).to(device)
    round_weights(model)
    held_out: dict[str, HeldOut] = {}
    calibrations: dict[str, Calibration] = {}
    yield from look_at_healthy(model, recipe.dataset, device, held_out, calibrations)
    settings = described(recipe)
    card = Card(
        name=recipe.name,
        kind=settings.pop("kind"),
        dataset=settings.pop("dataset"),
        data=settings.pop("data"),
        model=settings.pop("model"),
        recipe={key: value for key, value in settings.items() if key != "name"},
        sha256="",
        held_out=held_out,
        trained_against=model.trained_against(recipe.training),
    )
    save_pretrained(model, card, calibrations, output)


def calibrate_again(name: str, folder: Path, device: torch.device) -> Iterator[str]:
    """Measure and calibrate the pretrained model `name` and rewrite its card and calibration in `folder`.

    Yields the name of each dataset before its turn. For calibrations that are older than a predictor, lost or
    damaged; what was added to one that can be read is scored anew as well.
    """
    pretrained = load_pretrained(name, device, folder, calibrated=False)
    added = _added(name, folder, device)
    held_out: dict[str, HeldOut] = {}
    calibrations: dict[str, Calibration] = {}
    yield from look_at_healthy(
        pretrained.model, pretrained.card.dataset, device, held_out, calibrations, added
    )
    save_calibration(dataclasses.replace(pretrained.card, held_out=held_out), calibrations, folder)


def add_to_calibration(
    name: str, folder: Path, predictors: Sequence[Predictor], device: torch.device
) -> Iterator[str]:
    """Add healthy scores of further predictors to the calibration of the model `name`; all else in it stays.

    Yields the name of each dataset before its turn; ValueError where the model was never calibrated.
    """
    pretrained = load_pretrained(name, device, folder)
    if not pretrained.calibration:
        remedy = f"run first: python -m explorer calibrate {name}"
        raise ValueError(f"{name} has no calibration to add to; {remedy}")
    calibrations = dict(pretrained.calibration)
    for dataset, known in pretrained.calibration.items():
        yield dataset
        kept = known.without([healthy_name(one) for one in predictors])
        images, foregrounds = calibration_slices(load_dataset(dataset), CALIBRATION_SLICES)
        made = calibrate_all(pretrained.model, images, foregrounds, device, predictors, kept)
        calibrations[dataset] = kept.joined(made)
    save_calibration(pretrained.card, calibrations, folder)


def _added(name: str, folder: Path, device: torch.device) -> list[Predictor]:
    """Predictors with settings of their own in a model's calibration; none where it cannot be read."""
    try:
        calibrations = load_pretrained(name, device, folder).calibration.values()
    except ValueError:
        return []
    names = {name for calibration in calibrations for name in calibration.quantiles if ":" in name}
    return [plugin_from(PREDICTORS, name) for name in sorted(names)]


def look_at_healthy(
    model: Model,
    family: str,
    device: torch.device,
    held_out: dict[str, HeldOut],
    calibrations: dict[str, Calibration],
    added: Sequence[Predictor] = (),
) -> Iterator[str]:
    """Fill in what a model makes of each dataset of a family, or of the one so called.

    Predictors with settings of their own may be `added` to those of the calibrations.

    Yields its name before its turn; ValueError where there is no such dataset.
    """
    names = [name for name in dataset_names() if family in (name, name.partition("/")[0])]
    if not names:
        raise ValueError(f"no healthy images of dataset {family!r}; known: {', '.join(dataset_names())}")
    betas = betas_between(*model.beta_range, CALIBRATION_BETAS)
    predictors = [*_usual(model), *added]
    for name in names:
        yield name
        images, foregrounds = calibration_slices(load_dataset(name), CALIBRATION_SLICES)
        held_out[name] = measure(model, images, foregrounds, betas, device)
        calibrations[name] = calibrate_all(model, images, foregrounds, device, predictors)


def calibrate_all(
    model: Model,
    images: Tensor,
    foregrounds: Tensor,
    device: torch.device,
    predictors: Sequence[Predictor] | None = None,
    given: Calibration | None = None,
) -> Calibration:
    """Calibrate predictors, the iterative ones on fewer images and betas; what is `given` is made use of.

    None takes all that fit the model, with their default settings.
    """
    predictors = _usual(model) if predictors is None else predictors
    quick = [one for one in predictors if not one.iterative]
    slow = [one for one in predictors if one.iterative]
    betas, few = (betas_between(*model.beta_range, k) for k in (CALIBRATION_BETAS, ITERATIVE_BETAS))
    made = calibrate(
        model, images, foregrounds, betas, batch_size=25, device=device, predictors=quick, given=given
    )
    some, counted = images[:ITERATIVE_SLICES], foregrounds[:ITERATIVE_SLICES]
    known = made if given is None else given.joined(made)
    return made.joined(calibrate(model, some, counted, few, device=device, predictors=slow, given=known))


def _usual(model: Model) -> list[Predictor]:
    return [PREDICTORS[name]() for name in predictors_for(model)]


def measure(
    model: Model, images: Tensor, foregrounds: Tensor, betas: Sequence[float], device: torch.device
) -> HeldOut:
    """Means over healthy images at each training beta; see `HeldOut`."""
    rows: list[dict[str, float]] = []
    for beta in betas:
        error, pixels = 0.0, 0
        totals: dict[str, Tensor] = {}
        for x, foreground in zip(torch.split(images, 50), torch.split(foregrounds, 50), strict=True):
            evidence = observe(model, x.to(device), beta)
            for name, total in evidence.totals().items():
                totals[name] = totals[name] + total if name in totals else total
            error += float((evidence.x - evidence.x_hat).abs()[foreground.to(device)].sum())
            pixels += int(foreground.sum())
        rows.append(model.evidence.means(totals, len(images)) | {"error": error / pixels})
    columns = {name: tuple(row[name] for row in rows) for name in rows[0]}
    return HeldOut(tuple(betas), **columns)
