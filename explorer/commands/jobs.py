"""What commands on scans share: how scans are prepared and scored, from arguments to a job."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from explorer.cards import Pretrained
from explorer.commands.brains import brain_from
from explorer.contracts import Model
from explorer.datasets import load_dataset
from explorer.evaluation.calibrating import supplemented
from explorer.evaluation.cohort import Scoring
from explorer.evaluation.members import calibration_slices
from explorer.evidence import observe
from explorer.predictors import PREDICTORS, Predictor, check_fits
from explorer.scans.placing.preparing import Prepared, check_model
from explorer.scans.reading.loading import load_brain
from explorer.scans.reading.scan import Scan
from explorer.scans.scoring.jobs import Job
from explorer.settings import parse_settings, plugin_from, settings_of

BRAIN = "brain"
"""Datasets whose usual models localize scans."""


def add_preparation(parser: argparse.ArgumentParser) -> None:
    """The arguments on healthy data, on where the brain is, and on the kind of the scans."""
    parser.add_argument("--contrast", metavar="C", help="flair, t1 or t2: compare with its healthy scores")
    parser.add_argument(
        "--brain",
        metavar="WAY|MASK",
        help="how the brain is found, see below; or a mask of it, or a folder of masks",
    )
    parser.add_argument("--brain-mask", type=Path, metavar="M", help="the same as --brain M")
    parser.add_argument("--volume", type=int, metavar="N", help="which one of a 4-D file, from 0")
    parser.add_argument("--window", metavar="W", help="of a CT, e.g. brain")


def job_of(
    pretrained: Pretrained,
    predictors: Mapping[str, Predictor],
    betas: tuple[float, float],
    arguments: argparse.Namespace,
    device: torch.device,
) -> tuple[Job, Path | None]:
    """Look up what it takes to score scans.

    Args:
        pretrained: the model, on `device`.
        predictors: by the keys that tell their maps apart.
        betas: training beta and scoring beta.
        arguments: with those of `add_preparation`.
        device: where the model is.

    Returns:
        The job, and the mask or the folder of masks that say where brains are, or None.

    Raises:
        ValueError: for what is unknown, does not load, or does not fit together.
    """
    _check_betas(pretrained.model, *betas)
    way, mask = brain_from(arguments.brain, arguments.brain_mask)
    source = _healthy_data(arguments.contrast, pretrained.card.dataset, pretrained.calibration)
    for key, predictor in predictors.items():
        check_fits(key, predictor, pretrained.model)
        if predictor.needs_calibration and not source:
            known = ", ".join(pretrained.calibration)
            raise ValueError(f"{key} needs healthy scores; pass --contrast, one of {known}")
    calibration = supplemented(
        pretrained.calibration.get(source),
        pretrained.model,
        predictors.values(),
        lambda count: calibration_slices(load_dataset(source), count),
        device,
    )
    scoring = Scoring(pretrained.model, calibration, predictors, *betas, device)
    job = Job(
        card=pretrained.card,
        scoring=scoring,
        contrast=source,
        volume=arguments.volume,
        window=arguments.window or "",
        brain=way,
        known=pretrained.calibration,
    )
    return job, mask


def _check_betas(model: Model, beta: float, scoring_beta: float) -> None:
    """Raise ValueError where a beta is out of its range, before any scan is read."""
    nothing = torch.zeros(1, 1, model.image_size, model.image_size)
    observe(model, nothing, beta, scoring_beta=scoring_beta)


def predictor_from(text: str, seed: int = 0) -> Predictor:
    """A predictor; one that draws gets the seed, unless its settings name another."""
    found = plugin_from(PREDICTORS, text)
    given = parse_settings(found, text.partition(":")[2])
    draws = any(described.name == "seed" for described in settings_of(found))
    return dataclasses.replace(found, **{"seed": seed}) if draws and "seed" not in given else found


def prepare(scan: Scan, job: Job, brain: Path | None) -> Prepared:
    """Bring a scan before a job's model.

    Args:
        scan: a volume or a picture.
        job: how.
        brain: a mask of its brain, or None.

    Raises:
        ValueError: naming the file, the problem and the remedy.
    """
    if brain is None:
        return job.prepare(scan)
    check_model(scan, job.card)
    return job.prepare(scan, given=load_brain(brain, scan))


def _healthy_data(contrast: str | None, family: str, known: Mapping[str, Any]) -> str:
    """The healthy data that a contrast stands for, `flair` or `brain/flair`; empty for none."""
    if contrast is None:
        return ""
    for name in (contrast, f"{family}/{contrast}"):
        if name in known:
            return name
    raise ValueError(f"unknown contrast {contrast!r}; calibrated: {', '.join(known)}")
