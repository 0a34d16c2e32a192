"""Whose healthy scores a map is read against, which threshold follows, and what is said of a misfit."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import pytest
import torch

from explorer.evaluation.risk_control import share_reaching
from explorer.predictors import PREDICTORS, healthy_name
from explorer.scans.calibrating.file import digest
from explorer.scans.calibrating.own import OwnHealthy
from explorer.scans.finding.comparing import caution, own_misfit
from explorer.scans.finding.record import record_of
from explorer.scans.writing.report import report_html
from tests.support.healthy_scans import FIELD, SHA256, brain, finding_of, gathered, job_of

NAME = "reconstruction-error"


@cache
def own(count: int = 3) -> OwnHealthy:
    return gathered(job_of(NAME, "elbo-gradient", "intensity"), *(brain(seed) for seed in range(count)))


def test_few_scans_give_a_threshold_without_a_promise_and_say_so() -> None:
    finding = finding_of(job_of(NAME, own=own()), brain(9))
    assert finding.threshold.score == pytest.approx(float(own().calibration.quantile(NAME, 1.0, 0.99)))
    assert finding.threshold.meaning == (
        "99 % of the pixels of 3 healthy scans of your own score lower, without a promise for the next scan: "
        "3 scans promise no share of false positives below 25 %, and 1 % takes 99 scans"
    )


def test_enough_scans_promise_the_share_that_was_asked_for() -> None:
    finding = finding_of(job_of(NAME, own=own(), false_positives=0.3), brain(9))
    bounds = own().bounds[NAME][:, 0]
    risk = float(share_reaching(bounds, finding.threshold.score).mean())
    lower = float(share_reaching(bounds, finding.threshold.score * 0.999).mean())
    assert (3 * risk + 1) / 4 <= 0.3 < (3 * lower + 1) / 4
    assert finding.threshold.meaning.startswith("of the next healthy scan like these 3 healthy scans of your")
    assert "at most 30 % of the pixels are expected to score as high" in finding.threshold.meaning


@pytest.mark.parametrize("share", [0.05, 0.2])
def test_a_share_of_false_positives_moves_the_other_thresholds_too(share: float) -> None:
    finding = finding_of(job_of(NAME, contrast=FIELD, false_positives=share), brain(9))
    known = finding.job.scoring.calibration
    assert known is not None
    assert finding.threshold.score == pytest.approx(float(known.quantile(NAME, 1.0, 1 - share)))
    alone = finding_of(job_of(NAME, false_positives=share), brain(9))
    values = alone.values[alone.foreground]
    assert float((values >= alone.threshold.score).mean()) == pytest.approx(share, abs=0.002)
    with pytest.raises(ValueError, match="false positives must be a share of pixels between 0 and 1"):
        job_of(NAME, false_positives=1.0)


def test_percentiles_places_record_and_report_are_those_of_own_scans() -> None:
    shipped, read = (finding_of(job_of(NAME, contrast=FIELD, own=one), brain(9)) for one in (None, own()))
    assert (shipped.whose, read.whose) == (FIELD, "3 healthy scans of your own")
    record = record_of(read)["calibration"]
    assert record["whose"] == read.whose and record["fits"] and record["healthy_data"] == FIELD
    assert record["own_healthy_scans"] == {"scans": 3, "brains": ["nonzero"], "sha256": digest(own())}
    assert record["score_of_99_percent_of_healthy_pixels"] == read.threshold.score
    assert record_of(shipped)["calibration"]["own_healthy_scans"] is None
    peak = read.places[0]
    one = torch.full((1, 1, 1, 1), peak.peak)
    assert peak.percentile == pytest.approx(float(own().calibration.percentile(NAME, 1.0, one)))
    assert "<td>3 healthy scans of your own</td>" in report_html(read)
    assert read.caution == "" and f"<td>{FIELD}</td>" in report_html(shipped)


@pytest.mark.parametrize(
    ("predictor", "change", "scoring", "why"),
    [
        (NAME, {"sha256": SHA256[::-1]}, {}, "of another model called beta-vae-fashion-mnist, not of this"),
        (
            NAME,
            {"sha256": SHA256[::-1], "model": "other"},
            {},
            "of model other, not of this beta-vae-fashion",
        ),
        (NAME, {}, {"beta": 0.3, "scoring_beta": 0.3}, "they are those of training beta 1, not 0.3"),
        ("elbo-gradient", {}, {"scoring_beta": 10.0}, "they are those of scoring beta 1, not 10"),
        ("kl-gradient", {}, {}, "elbo-gradient, intensity, reconstruction-error, not of kl-gradient"),
        (f"{NAME}:sigma=2.0", {}, {}, "not of reconstruction-error:sigma=2.0"),
        (NAME, {"window": "brain"}, {}, "they are those of CT window brain, not of MR"),
    ],
)
@pytest.mark.parametrize("contrast", ["", FIELD])
def test_what_does_not_fit_is_said_and_the_models_scores_take_its_place(
    predictor: str, change: dict[str, Any], scoring: dict[str, Any], why: str, contrast: str
) -> None:
    job = job_of(predictor, contrast=contrast, own=replace(own(), **change))
    job = replace(job, scoring=replace(job.scoring, **scoring))
    finding = finding_of(job, brain(9))
    assert why in own_misfit(job, finding.predictor, volume=True)
    assert finding.caution.startswith("The scores of 3 healthy scans of your own are not used: they are")
    assert why in finding.caution and finding.caution in record_of(finding)["notes"]
    fits = bool(contrast) and predictor != f"{NAME}:sigma=2.0" and scoring.get("scoring_beta") != 10.0
    assert finding.whose == (contrast if fits else "")
    assert (f"The healthy data {FIELD} takes their place." in finding.caution) is fits
    assert ("Scores are not compared with healthy ones" in finding.caution) is not fits
    assert "healthy scans of your own" not in finding.threshold.meaning


def test_a_map_made_of_healthy_scores_wants_those_that_it_was_made_with() -> None:
    made = gathered(job_of("ensemble", contrast=FIELD), brain(0))
    assert made.contrast == FIELD
    job = job_of("ensemble", contrast=FIELD, own=made)
    (key,) = job.scoring.predictors
    assert caution(job, key, volume=True) == ""
    other = replace(job, own=replace(made, contrast="brain/t1"))
    assert own_misfit(other, PREDICTORS["ensemble"](), volume=True) == (
        "maps of ensemble change with the healthy data that is named: theirs brain/t1, here fashion-mnist"
    )


def test_a_brain_found_in_another_way_is_told() -> None:
    job = job_of(NAME, own=own())
    told = finding_of(job, replace(brain(9), brain="threshold")).warnings
    assert (
        "The brain of this scan was found by threshold, those of 3 healthy scans of your own by nonzero"
        in (" ".join(told))
    )
    assert "was found by" not in " ".join(finding_of(job, brain(9)).warnings)
    unread = finding_of(
        replace(job, own=replace(own(), window="brain")), replace(brain(9), brain="threshold")
    )
    assert "was found by" not in " ".join(unread.warnings)


def test_a_threshold_by_hand_stays_one() -> None:
    finding = finding_of(job_of(NAME, own=own()), brain(9)).at(0.5)
    assert finding.threshold.meaning == "it was chosen by hand" and finding.whose == own().whose


@pytest.mark.parametrize(
    ("volume", "contrast", "why"),
    [
        (True, FIELD, ""),
        (False, FIELD, "they are those of slices filtered with their neighbours, not of a single one"),
        (
            True,
            "",
            "maps of latent-restoration change with the healthy data that is named: theirs fashion-mnist",
        ),
    ],
)
def test_filtered_maps_of_told_priors_want_scans_told_the_same(volume: bool, contrast: str, why: str) -> None:
    predictor = PREDICTORS["latent-restoration"]()
    assert predictor.slicewise != predictor
    name, known = healthy_name(predictor), own()
    renamed = replace(known.calibration, quantiles={name: known.calibration.quantiles[NAME]})
    made = replace(known, contrast=FIELD, calibration=renamed, bounds={name: known.bounds[NAME]})
    found = own_misfit(job_of(NAME, contrast=contrast, own=made), predictor, volume=volume)
    assert found.startswith(why) and bool(found) is bool(why)
