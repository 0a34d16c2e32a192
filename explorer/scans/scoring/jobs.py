"""What a localization needs, looked up by name: model, predictor, healthy scores."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

import torch

from explorer.cards import Card, load_own, load_pretrained, model_called
from explorer.evaluation.cohort import Scoring
from explorer.predictors import PREDICTORS, Predictor, check_fits


@dataclass(frozen=True, eq=False)
class Job:
    """How scans are localized.

    Attributes:
        predictor: name and settings.
        card: of the model.
        scoring: with this predictor alone.
        contrast: name of the healthy data against which scores are read, or empty.
        volume: which one of 4-D files.
        window: of a CT, or empty.
    """

    predictor: tuple[str, Predictor]
    card: Card
    scoring: Scoring
    contrast: str
    volume: int | None
    window: str


def make_job(
    model: str,
    predictor: str,
    *,
    beta: float,
    scoring_beta: float | None,
    seed: int,
    contrast: str | None,
    volume: int | None,
    window: str | None,
    device: torch.device,
) -> Job:
    """Look up and load what a localization needs.

    Args:
        model: a kind (`beta-vae`: its model of the brain), the name of a pretrained model, or the path of a
            card or its weights.
        predictor: name.
        beta: training beta.
        scoring_beta: weight of the KL term in ELBO scores; None: `beta`.
        seed: of predictors that draw.
        contrast: healthy data of the model's calibration, `flair` or `brain/flair`; None: no calibration.
        volume: which one of 4-D files.
        window: of a CT, or None.
        device: where to compute.

    Raises:
        ValueError: for what is unknown, does not load, or does not fit together.
    """
    chosen: Predictor = PREDICTORS[predictor]()
    if any(field.name == "seed" for field in dataclasses.fields(chosen)):
        chosen = dataclasses.replace(chosen, **{"seed": seed})
    if model.endswith((".toml", ".safetensors")):
        pretrained = load_own(Path(model), device)
    else:
        pretrained = load_pretrained(model_called(model, "brain"), device)
    check_fits(predictor, chosen, pretrained.model)
    card, healthy = pretrained.card, pretrained.calibration
    source = "" if contrast is None else contrast
    if source and source not in healthy:
        source = f"{card.dataset}/{source}"
    if source and source not in healthy:
        raise ValueError(f"unknown contrast {contrast!r}; calibrated: {', '.join(healthy)}")
    if chosen.needs_calibration and not source:
        raise ValueError(f"{predictor} needs healthy scores; pass --contrast, one of {', '.join(healthy)}")
    scoring = Scoring(
        model=pretrained.model,
        calibration=healthy.get(source),
        predictors={predictor: chosen},
        beta=beta,
        scoring_beta=beta if scoring_beta is None else scoring_beta,
        device=device,
    )
    return Job((predictor, chosen), card, scoring, source, volume, window or "")
