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
from explorer.datasets import Source, dataset_names, load_dataset
from explorer.evaluation.calibrating import calibrate
from explorer.evaluation.calibration import Calibration, of_scans
from explorer.evaluation.members import HealthySlices, calibration_slices
from explorer.evidence import observe
from explorer.models import Network
from explorer.predictors import PREDICTORS, Predictor, healthy_name, predictors_for
from explorer.scans.scoring.healthy_scans import calibrate_scans
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
        names = [healthy_name(one) for one in predictors]
        kept = known.without([*names, *map(of_scans, names)])
        source = load_dataset(dataset)
        healthy = calibration_slices(source, CALIBRATION_SLICES)
        made = kept.joined(calibrate_all(pretrained.model, healthy, device, predictors, kept))
        calibrations[dataset] = with_scans(made, pretrained.model, source, device, predictors)
    save_calibration(pretrained.card, calibrations, folder)


def _added(name: str, folder: Path, device: torch.device) -> list[Predictor]:
    """Predictors with settings of their own in a model's calibration; none where it cannot be read."""
    try:
        calibrations = load_pretrained(name, device, folder).calibration.values()
    except ValueError:
        return []
    kept = {name for calibration in calibrations for name in calibration.quantiles}
    names = {name for name in kept if ":" in name and not name.startswith(of_scans(""))}
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
        source = load_dataset(name)
        healthy = calibration_slices(source, CALIBRATION_SLICES)
        held_out[name] = measure(model, healthy, betas, device)
        made = calibrate_all(model, healthy, device, predictors)
        calibrations[name] = with_scans(made, model, source, device, predictors)


def calibrate_all(
    model: Model,
    healthy: HealthySlices,
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
        model,
        healthy.images,
        healthy.foregrounds,
        betas,
        batch_size=25,
        device=device,
        predictors=quick,
        given=given,
        conditions=healthy.conditions,
    )
    some = healthy.rows(slice(ITERATIVE_SLICES))
    iterative = calibrate(
        model,
        some.images,
        some.foregrounds,
        few,
        device=device,
        predictors=slow,
        given=made if given is None else given.joined(made),
        conditions=some.conditions,
    )
    return made.joined(iterative)


def with_scans(
    made: Calibration, model: Model, source: Source, device: torch.device, predictors: Sequence[Predictor]
) -> Calibration:
    """A calibration on slices of a dataset with what whole scans of it give."""
    betas = betas_between(*model.beta_range, ITERATIVE_BETAS)
    return made.joined(calibrate_scans(model, source, betas, made, device, predictors=predictors))


def _usual(model: Model) -> list[Predictor]:
    return [PREDICTORS[name]() for name in predictors_for(model)]


def measure(model: Model, healthy: HealthySlices, betas: Sequence[float], device: torch.device) -> HeldOut:
    """Means over healthy images at each training beta; see `HeldOut`."""
    rows: list[dict[str, float]] = []
    for beta in betas:
        error, pixels = 0.0, 0
        totals: dict[str, Tensor] = {}
        for part in healthy.split(50):
            evidence = observe(model, part.images.to(device), beta, conditions=part.conditions)
            for name, total in evidence.totals().items():
                totals[name] = totals[name] + total if name in totals else total
            error += float((evidence.x - evidence.x_hat).abs()[part.foregrounds.to(device)].sum())
            pixels += int(part.foregrounds.sum())
        rows.append(model.evidence.means(totals, len(healthy.images)) | {"error": error / pixels})
    columns = {name: tuple(row[name] for row in rows) for name in rows[0]}
    return HeldOut(tuple(betas), **columns)
