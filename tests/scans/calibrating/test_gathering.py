"""Healthy scans gathered: pooled and scan by scan, as if all their scores had been kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from explorer.evaluation.calibration import LEVELS
from explorer.evaluation.histogram import RESOLUTION
from explorer.evaluation.risk_control import SHARES
from explorer.scans.calibrating.gathering import Gathering
from explorer.scans.placing.preparing import Prepared
from explorer.scans.scoring.jobs import Job
from explorer.scans.scoring.scoring import score_scan
from tests.support.healthy_scans import FIELD, brain, finding_of, gathered, job_of, source

INTENSITY, RESIDUAL = "intensity", "reconstruction-error:sigma=1.0"


def scores(job: Job, name: str, beta: float, prepared: Prepared) -> Tensor:
    *_, scored = score_scan(prepared, replace(job.scoring, beta=beta, scoring_beta=beta))
    return scored.values[name][prepared.foregrounds]


def test_pooled_quantiles_and_each_scans_bounds_are_those_of_all_scores() -> None:
    job, scans = job_of(INTENSITY, RESIDUAL), [brain(seed) for seed in range(3)]
    own = gathered(job, *scans, betas=(3.0, 0.3))
    levels, shares = (torch.tensor(part, dtype=torch.float64) for part in (LEVELS, SHARES))
    assert own.betas == (0.3, 3.0) and own.pixels.tolist() == [3 * 400] * 3
    for name in (INTENSITY, RESIDUAL):
        for k, beta in enumerate(own.betas):
            each = [scores(job, name, beta, scan).double() for scan in scans]
            pooled = torch.cat(each).sort().values
            exact = pooled[((levels * len(pooled) - 1e-6).ceil().long() - 1).clamp(min=0)]
            assert torch.allclose(own.calibration.quantiles[name][k], exact, rtol=RESOLUTION, atol=0)
            for bounds, values in zip(own.bounds[name][:, k], each, strict=True):
                reached = (values[None] >= bounds[:, None]).double().mean(1)
                assert bool((reached <= shares + 1e-12).all())
                less = (values[None] >= bounds[:, None] * (1 - 2 * RESOLUTION) - 1e-9).double().mean(1)
                assert bool((less > shares - 1 / 1200 - 1e-12).all())


def test_what_cannot_be_read_or_is_there_twice_is_named_and_counts_nowhere() -> None:
    job = job_of(INTENSITY)
    gathering = Gathering(job, [1.0])
    for one in (
        source("a.nii", brain(0)),
        source("broken.nii", ValueError("broken.nii is not a NIfTI file")),
        source("b.nii", brain(1)),
        source("a-copy.nii", brain(0)),
        source("gone.nii", FileNotFoundError(2, "No such file", "gone.nii")),
    ):
        for scored in gathering.add(one):
            assert 0 < scored.done <= scored.total
    assert gathering.left_out[0] == "broken.nii is not a NIfTI file"
    assert gathering.left_out[1] == "a-copy.nii is the same scan as a.nii; it counts once"
    assert "gone.nii" in gathering.left_out[2] and len(gathering.left_out) == 3
    own, alone = gathering.made(), gathered(job, brain(0), brain(1))
    assert own.scans == ("a.nii", "b.nii") and own.brains == ("nonzero", "nonzero")
    assert torch.equal(own.bounds[INTENSITY], alone.bounds[INTENSITY])
    assert torch.equal(own.calibration.quantiles[INTENSITY], alone.calibration.quantiles[INTENSITY])


def test_a_scan_that_is_given_up_half_way_leaves_nothing_behind() -> None:
    gathering = Gathering(job_of(INTENSITY), [0.3, 3.0])
    next(iter(gathering.add(source("a.nii", brain(0)))))
    with pytest.raises(ValueError, match="no healthy scan is left to calibrate on: none was given"):
        gathering.made()


def test_without_a_usable_scan_there_is_an_error_that_says_why() -> None:
    gathering = Gathering(job_of(INTENSITY), [1.0])
    assert list(gathering.add(source("x.nii", ValueError("x.nii shows no brain")))) == []
    with pytest.raises(ValueError, match="no healthy scan is left to calibrate on: x.nii shows no brain"):
        gathering.made()


def test_a_beta_out_of_range_is_no_fault_of_the_scan() -> None:
    with pytest.raises(ValueError, match="beta must be in"):
        gathered(job_of(INTENSITY), brain(0), betas=(99.0,))


def test_read_against_its_like_a_scan_has_the_share_that_was_asked_for() -> None:
    """Bright scans exceed the model's healthy threshold too often, and that of their like as wanted."""
    name = "intensity"
    own = gathered(job_of(name), *(brain(seed, 3.0) for seed in range(6)))
    shipped, like = (
        share_above(job_of(name, contrast=FIELD, own=given), [brain(seed, 3.0) for seed in range(10, 16)])
        for given in (None, own)
    )
    assert shipped > 0.02 and 0.005 < like < 0.015


def share_above(job: Job, scans: Sequence[Prepared]) -> float:
    """Mean share of the pixels that reach the first threshold."""
    found = [finding_of(job, scan) for scan in scans]
    return sum(float((one.values[one.foreground] >= one.threshold.score).mean()) for one in found) / len(
        found
    )
