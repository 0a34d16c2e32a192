"""Healthy scans of a tiny model: images drawn at random, and what they score."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from explorer.evaluation.cohort import Scoring
from explorer.predictors import PREDICTORS, Predictor, healthy_name
from explorer.scans.calibrating.gathering import Gathering, Source
from explorer.scans.calibrating.own import OwnHealthy
from explorer.scans.finding.finding import Finding, find
from explorer.scans.placing.placement import Placement
from explorer.scans.placing.preparing import Prepared
from explorer.scans.reading.scan import Scan
from explorer.scans.scoring.jobs import Job
from explorer.scans.scoring.scoring import score_scan
from explorer.settings import plugin_from
from tests.support.linear_vae import images
from tests.support.tiny import tiny_calibration, tiny_card, tiny_vae

SLICES = 3
SHA256 = "0123456789abcdef" * 4
FIELD = "fashion-mnist"


def brain(seed: int, gain: float = 1.0) -> Prepared:
    """A scan of three images, of which a border does not count; brighter where `gain` is above 1."""
    x = images(SLICES, 28, seed=seed).float() ** (1 / gain)
    counts = torch.zeros_like(x, dtype=torch.bool)
    counts[..., 4:24, 4:24] = True
    shape = tuple(x[:, 0].shape)
    placement = Placement(np.eye(4), shape, shape, 1.0, 1.0)  # type: ignore[arg-type]
    return Prepared(x, counts, placement, "nonzero", 1.0, "", ("As it is.",))


def job_of(*predictors: str | Predictor, contrast: str = "", **changed: Any) -> Job:
    """A job of the tiny model; `changed` are fields of the job."""
    network = tiny_vae()
    made = [plugin_from(PREDICTORS, one) if isinstance(one, str) else one for one in predictors]
    calibration = tiny_calibration(network) if contrast else None
    named = {healthy_name(one): one for one in made}
    scoring = Scoring(network, calibration, named, 1.0, 1.0, torch.device("cpu"))
    return replace(Job(replace(tiny_card(), sha256=SHA256), scoring, contrast), **changed)


def source(name: str, made: Prepared | Exception) -> Source:
    """A scan that is there, or that cannot be read."""

    def prepare() -> Prepared:
        if isinstance(made, Exception):
            raise made
        return made

    return Source(name, prepare)


def gathered(job: Job, *scans: Prepared, betas: tuple[float, ...] = (1.0,)) -> OwnHealthy:
    """How these scans score."""
    gathering = Gathering(job, betas)
    for number, scan in enumerate(scans):
        for _ in gathering.add(source(f"scan-{number}.nii", scan)):
            pass
    return gathering.made()


def finding_of(job: Job, prepared: Prepared) -> Finding:
    """What a job says of a scan."""
    *_, scored = score_scan(prepared, job.scoring)
    scan = Scan(prepared.images[:, 0].numpy(), np.eye(4), "scan.nii", "0" * 64)
    (key,) = job.scoring.predictors
    return find(scan, prepared, job, scored, key)


def changed(own: OwnHealthy, name: str, change: Callable[[torch.Tensor], torch.Tensor]) -> OwnHealthy:
    """The same with other bounds of one predictor."""
    return replace(own, bounds={**own.bounds, name: change(own.bounds[name])})
