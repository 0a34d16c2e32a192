"""What a scan as a whole is compared with: the sample scores and the filtered maps of whole healthy scans."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from explorer.cards import Card
from explorer.contracts import Slice
from explorer.evaluation.calibrating import calibrate
from explorer.evaluation.calibration import Calibration, of_scans
from explorer.evaluation.cohort import Scoring
from explorer.evaluation.sample_scores import SURPRISE
from explorer.predictors import PREDICTORS, Predictor
from explorer.predictors.code_surprise import CodeSurprise
from explorer.predictors.latent_restoration import LatentRestoration
from explorer.scans.finding.finding import Finding, find
from explorer.scans.finding.record import record_of
from explorer.scans.placing.placement import Placement
from explorer.scans.placing.preparing import Prepared
from explorer.scans.reading.scan import Scan
from explorer.scans.scoring.healthy_scans import calibrate_scans
from explorer.scans.scoring.jobs import Job
from explorer.scans.scoring.scoring import score_scan
from explorer.scans.writing.report import report_html
from tests.support.linear_vae import images
from tests.support.slices import SmallScans, small_scan
from tests.support.tiny_codes import SETTINGS, conditioned_vq_vae

CPU = torch.device("cpu")
MODEL = conditioned_vq_vae()
CARD = Card("tiny", "vq-vae", "brain", "random weights", SETTINGS, {}, "0" * 64, {})


@pytest.fixture(scope="module")
def slices_alone() -> Calibration:
    """Healthy scores as of single slices."""
    x = images(6, 16, seed=4).float()
    return calibrate(MODEL, x, torch.ones_like(x, dtype=torch.bool), [1.0])


@pytest.fixture(scope="module")
def calibration(slices_alone: Calibration) -> Calibration:
    """Those of whole scans, too."""
    filtered = [LatentRestoration(), LatentRestoration(restorations=2)]
    return slices_alone.joined(
        calibrate_scans(MODEL, SmallScans(), [1.0], slices_alone, CPU, predictors=filtered)
    )


def found(healthy: Calibration | None, predictor: Predictor | None = None, first: int = 0) -> Finding:
    """What is found in the small scan, of which `first` slices are left out."""
    slices: list[Slice] = small_scan(30)[first : first + 1] if first else small_scan(30)
    x, inside = (torch.stack([getattr(s, part) for s in slices])[:, None] for part in ("image", "foreground"))
    shape = tuple(x[:, 0].shape)
    placement = Placement(np.eye(4), shape, shape, 1.0, 1.0)  # type: ignore[arg-type]
    prepared = Prepared(x, inside, placement, "file", 1.0, "", ())
    scoring = Scoring(MODEL, healthy, {"one": predictor or CodeSurprise()}, 1.0, 1.0, CPU)
    *_, scored = score_scan(prepared, scoring)
    scan = Scan(x[:, 0].numpy(), np.eye(4), "small.nii", "0" * 64)
    return find(scan, prepared, Job(CARD, scoring, "brain/t1" if healthy else ""), scored, "one")


def test_a_scan_is_told_against_whole_healthy_scans(calibration: Calibration) -> None:
    finding = found(calibration)
    sample = finding.sample
    assert sample is not None and finding.scored.surprise is not None
    assert sample.nats == pytest.approx(float(finding.scored.surprise[1:4].sum()))
    most, highest = (float(calibration.quantile(of_scans(SURPRISE), 1.0, level)) for level in (0.95, 1.0))
    assert (sample.most, sample.all) == (most, highest)
    assert 0 < most <= highest
    assert sample.sentence == (
        f"{sample.nats:,.0f} nats above the healthy threshold of a code; "
        f"healthy scans: 95 % up to {most:,.0f}, all up to {highest:,.0f}"
    )


def test_a_picture_is_told_against_healthy_images(calibration: Calibration) -> None:
    sample = found(calibration, first=2).sample
    assert sample is not None
    assert sample.all == float(calibration.quantile(SURPRISE, 1.0, 1.0))
    assert "healthy images: 95 % up to" in sample.sentence


def test_record_and_report_hold_it(calibration: Calibration) -> None:
    finding = found(calibration)
    sample = finding.sample
    assert sample is not None
    record = json.loads(json.dumps(record_of(finding), allow_nan=False))
    assert record["sample_score"] == {
        "nats": sample.nats,
        "healthy": "scans",
        "95_percent_of_healthy_below": sample.most,
        "all_healthy_below": sample.all,
    }
    assert sample.sentence in report_html(finding)


def test_a_calibration_without_scans_says_so(slices_alone: Calibration) -> None:
    finding = found(slices_alone)
    assert finding.sample is not None and finding.sample.most is None
    assert "how healthy scans score is not known: add it with" in finding.sample.sentence
    assert record_of(finding)["sample_score"]["all_healthy_below"] is None


def test_without_healthy_scores_there_is_none() -> None:
    finding = found(None)
    assert finding.sample is None and "sample_score" not in record_of(finding)


def test_filtered_maps_are_told_against_filtered_maps(calibration: Calibration) -> None:
    finding = found(calibration, LatentRestoration())
    assert finding.healthy is not None and finding.caution == ""
    expected = float(calibration.quantile(of_scans("latent-restoration"), 1.0, 0.99))
    assert finding.threshold.score == expected != float(calibration.quantile("latent-restoration", 1.0, 0.99))


def test_maps_of_slices_alone_are_told_against_those(calibration: Calibration) -> None:
    expected = float(calibration.quantile("latent-restoration", 1.0, 0.99))
    for finding in (
        found(calibration, LatentRestoration(neighbours=False)),
        found(calibration, LatentRestoration(), first=2),
    ):
        assert finding.caution == "" and finding.threshold.score == expected


def test_filtered_maps_are_not_told_against_slices_alone(slices_alone: Calibration) -> None:
    finding = found(slices_alone, LatentRestoration(seed=3))
    assert finding.healthy is None
    assert "are those of single slices, not of slices filtered with their neighbours" in finding.caution
    assert found(slices_alone, LatentRestoration(neighbours=False)).healthy is not None
    odd = replace(LatentRestoration(), restorations=2)
    assert "not of restorations=2" in found(slices_alone, replace(odd, neighbours=False)).caution


@pytest.mark.parametrize("name", ["code-surprise", "reconstruction-error"])
def test_other_maps_are_those_of_slices(name: str, slices_alone: Calibration) -> None:
    finding = found(slices_alone, PREDICTORS[name]())
    assert finding.healthy is not None and finding.caution == ""
