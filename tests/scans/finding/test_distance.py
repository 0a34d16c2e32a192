"""A picture whose sample scores are far beyond those of all healthy images is told from one like them."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch

from explorer.cards import load_pretrained
from explorer.datasets import load_dataset
from explorer.evaluation.calibration import REC, Calibration
from explorer.evaluation.cohort import Scoring
from explorer.evaluation.sample_scores import SURPRISE
from explorer.predictors import PREDICTORS
from explorer.scans.finding.distance import far_from_known
from explorer.scans.finding.finding import Finding, find
from explorer.scans.finding.record import record_of
from explorer.scans.placing.preparing import prepare_scan
from explorer.scans.reading.scan import Scan
from explorer.scans.scoring.jobs import Job
from explorer.scans.scoring.scoring import ScoredScan, score_scan
from explorer.scans.writing.report import report_html
from tests.support.healthy_scans import job_of


def calibration(**highest: float) -> Calibration:
    levels = torch.tensor([0.0, 1.0], dtype=torch.float64)
    rows = {name: torch.tensor([[0.0, top]], dtype=torch.float64) for name, top in highest.items()}
    return Calibration(torch.ones(1, dtype=torch.float64), levels, rows)


def picture(rec: float, surprise: float | None = None) -> ScoredScan:
    one = None if surprise is None else torch.tensor([surprise])
    return ScoredScan(1, 1, {}, {}, one, torch.tensor([rec]))


def job(contrast: Calibration | None = None, **known: Calibration) -> Job:
    made = job_of("intensity", known=known)
    return dataclasses.replace(made, scoring=dataclasses.replace(made.scoring, calibration=contrast))


@pytest.mark.parametrize(("rec", "far"), [(10.0, False), (599.0, False), (601.0, True)])
def test_the_reconstruction_term_is_read_against_the_widest_healthy_data(rec: float, far: bool) -> None:
    told = far_from_known(picture(rec), job(a=calibration(rec=20.0), b=calibration(rec=200.0)))
    assert told == (
        f"The network does not know such pictures: the reconstruction term of this one is {rec:.0f} nats, "
        "that of healthy images at most 200. Its scores mean nothing."
        if far
        else ""
    )


@pytest.mark.parametrize(("surprise", "far"), [(89.0, False), (91.0, True)])
def test_surprise_is_read_against_the_chosen_healthy_data(surprise: float, far: bool) -> None:
    known = calibration(**{REC: 200.0, SURPRISE: 30.0})
    told = far_from_known(picture(100.0, surprise), job(known, a=known))
    assert ("the surprise of this one is 91 nats, that of healthy images at most 30" in told) is far
    assert far_from_known(picture(100.0, surprise), job(a=known)) == ""


def test_without_healthy_scores_nothing_is_said() -> None:
    assert far_from_known(picture(1e9), job()) == far_from_known(picture(1e9), job(a=calibration())) == ""


def scored_by_the_brains_model(pixels: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> Finding:
    pretrained = load_pretrained("beta-vae-brain", torch.device("cpu"))
    scoring = Scoring(
        pretrained.model, None, {"one": PREDICTORS["intensity"]()}, 1.0, 1.0, torch.device("cpu")
    )
    made = Job(pretrained.card, scoring, known=pretrained.calibration)
    scan = Scan(pixels[..., None], None, "a.png", "0" * 64)
    prepared = prepare_scan(scan, pretrained.card)
    *_, scored = score_scan(prepared, scoring)
    return find(scan, prepared, made, scored, "one")


def test_noise_in_darkness_is_told_by_its_scores_in_record_and_report() -> None:
    pixels = np.zeros((128, 128), np.float32)
    pixels[25:103, 25:103] = np.random.default_rng(0).integers(0, 2, (78, 78))
    finding = scored_by_the_brains_model(pixels)
    assert finding.prepared.warnings == ()
    (told,) = finding.warnings
    assert told.startswith("The network does not know such pictures") and told.endswith("mean nothing.")
    assert record_of(finding)["warnings"] == [told]
    assert "The network does not know such pictures" in report_html(finding)


def test_a_healthy_slice_as_a_picture_is_left_in_peace() -> None:
    for name in ("brain/flair", "brain/t1", "brain/t2"):
        source = load_dataset(name)
        place = source.cohort("test", 1, 0)[0]
        assert scored_by_the_brains_model(source.slice("test", *place).image.numpy()).warnings == []
