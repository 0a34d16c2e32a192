"""Healthy slices of the synthetic cohort as a scan, scored by the shipped model."""

from __future__ import annotations

from functools import cache

import numpy as np
import torch

from explorer.cards import Pretrained, load_pretrained
from explorer.contracts import stack
from explorer.datasets import load_dataset
from explorer.evaluation.cohort import Scoring
from explorer.predictors import Predictor
from explorer.scans.finding.finding import Finding, find
from explorer.scans.placing.placement import Placement
from explorer.scans.placing.preparing import Prepared
from explorer.scans.reading.scan import Scan
from explorer.scans.scoring.jobs import Job
from explorer.scans.scoring.scoring import score_scan

DATASET = "brain/flair"
SLICES = 96
"""So many that one per cent of their pixels is not that of a few unusual scans."""


@cache
def model() -> Pretrained:
    """The shipped model of the brain."""
    return load_pretrained("beta-vae-brain", torch.device("cpu"))


@cache
def healthy() -> tuple[Scan, Prepared]:
    """Test slices as they are, each of another subject or height."""
    dataset = load_dataset(DATASET)
    slices = [dataset.slice("test", *place) for place in dataset.cohort("test", SLICES, 0)]
    images, foregrounds = stack([one.image for one in slices]), stack([one.foreground for one in slices])
    shape = tuple(images[:, 0].shape)
    placement = Placement(np.eye(4), shape, shape, 1.0, 1.0)  # type: ignore[arg-type]
    scan = Scan(images[:, 0].numpy(), np.eye(4), "healthy.nii", "0" * 64)
    return scan, Prepared(images, foregrounds, placement, "file", 1.0, "", ("As it is.",))


def finding_of(
    predictor: Predictor,
    *,
    beta: float = 1.0,
    scoring_beta: float = 1.0,
    contrast: str = DATASET,
    mask: np.ndarray[tuple[int, ...], np.dtype[np.bool_]] | None = None,
) -> Finding:
    """What a predictor says of the healthy slices."""
    scan, prepared = healthy()
    calibration = model().calibration.get(contrast)
    scoring = Scoring(model().model, calibration, {"one": predictor}, beta, scoring_beta, torch.device("cpu"))
    job = Job(model().card, scoring, contrast)
    *_, scored = score_scan(prepared, scoring)
    return find(scan, prepared, job, scored, "one", mask=mask)
