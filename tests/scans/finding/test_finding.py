"""The threshold is what 99 % of healthy pixels stay below, of this very map; what does not fit is said."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest
import torch

from explorer import NOTICE
from explorer.evaluation.curves import auroc
from explorer.evaluation.histogram import ScoreHistogram
from explorer.predictors import PREDICTORS, Predictor, quick_predictors_for
from explorer.scans.finding.finding import Finding
from explorer.scans.finding.record import record_of
from tests.support.findings import DATASET, SLICES, finding_of, healthy, model

QUICK = quick_predictors_for(model().model)


def share_above(finding: Finding) -> float:
    """The share of foreground pixels that reach the record's threshold."""
    threshold = record_of(finding)["threshold"]["score"]
    return float((finding.values[finding.foreground] >= threshold).mean())


@pytest.mark.parametrize("name", QUICK)
@pytest.mark.parametrize("beta", [0.1, 1.0])
def test_one_percent_of_healthy_pixels_reach_the_threshold(name: str, beta: float) -> None:
    finding = finding_of(PREDICTORS[name](), beta=beta, scoring_beta=beta)
    record = record_of(finding)
    assert 0.006 < share_above(finding) < 0.018
    assert record["calibration"]["score_of_99_percent_of_healthy_pixels"] == finding.threshold.score
    assert (record["calibration"]["healthy_data"], record["calibration"]["fits"]) == (DATASET, True)
    assert record["threshold"]["meaning"] == "99 % of healthy pixels (brain/flair) score lower"
    assert finding.caution == ""


@pytest.mark.parametrize(
    ("predictor", "scoring_beta", "contrast", "why"),
    [
        ("elbo-gradient", 10.0, DATASET, "at training beta 1 are those of scoring beta 1, not 10"),
        ("kl-gradient", 1.0, "", "no healthy data was chosen"),
        ("intensity", 1.0, DATASET, "are those of its defaults, not of mode=deviation"),
    ],
)
def test_what_does_not_fit_is_said_and_the_scan_is_its_own_measure(
    predictor: str, scoring_beta: float, contrast: str, why: str
) -> None:
    settings = {"mode": "deviation"} if predictor == "intensity" else {}
    finding = finding_of(PREDICTORS[predictor](**settings), scoring_beta=scoring_beta, contrast=contrast)
    record = record_of(finding)
    assert share_above(finding) == pytest.approx(0.01, abs=1e-4)
    assert why in finding.caution and finding.caution in record["notes"]
    assert record["threshold"]["meaning"] == "99 % of this scan's own pixels score lower"
    assert record["calibration"]["score_of_99_percent_of_healthy_pixels"] is None
    assert record["calibration"]["fits"] is False
    assert {one["share_of_healthy_pixels_below"] for one in record["places"]} == {None}


def test_a_predictor_that_the_model_was_not_calibrated_for_has_no_healthy_scores() -> None:
    finding = finding_of(PREDICTORS["kl-gradient"]())
    known = finding.job.scoring.calibration
    assert known is not None
    older = dataclasses.replace(known, quantiles={"intensity": known.quantiles["intensity"]})
    scoring = dataclasses.replace(finding.job.scoring, calibration=older)
    other = dataclasses.replace(finding, job=dataclasses.replace(finding.job, scoring=scoring))
    assert other.healthy is None
    assert "the model was not calibrated for kl-gradient" in other.caution


def test_settings_that_were_calibrated_have_healthy_scores_of_their_own() -> None:
    settings = {"sign": "brighter", "tolerance": 3, "sigma": 1.0}
    finding = finding_of(PREDICTORS["reconstruction-error"](**settings))
    assert finding.caution == "" and 0.002 < share_above(finding) < 0.03
    assert finding_of(PREDICTORS["reconstruction-error"](**settings | {"tolerance": 2})).healthy is None


def seeded(name: str, seed: int) -> Predictor:
    return PREDICTORS[name](**{"seed": seed})


def test_another_seed_is_another_draw_and_not_another_method() -> None:
    assert finding_of(seeded("kl-gradient", 7)).healthy is not None
    with_copies = PREDICTORS["kl-gradient"](**{"seed": 7, "copies": 2})
    remedy = "to add them: python -m explorer calibrate MODEL --predictor kl-gradient:copies=2"
    assert f"not of copies=2 ({remedy})." in finding_of(with_copies).caution


def test_a_threshold_by_hand_moves_all_that_depends_on_it_and_nothing_else() -> None:
    mask = np.zeros((SLICES, 128, 128), bool)
    image = healthy()[1].images[3, 0].numpy()
    mask[3] = image >= np.sort(image, axis=None)[-200]
    before = finding_of(PREDICTORS["intensity"](), mask=mask)
    after = before.at(float(image.max()) - 0.05)
    one, other = record_of(before), record_of(after)
    changed = {key for key in one if one[key] != other[key]}
    assert changed == {"threshold", "places", "figures", "lesions"}
    assert other["threshold"] == {"score": after.threshold.score, "meaning": "it was chosen by hand"}
    assert {key for key, value in one["figures"].items() if value != other["figures"][key]} == {"dice"}
    predicted = after.foreground & (after.values >= after.threshold.score)
    inside = mask & after.foreground
    dice = 2 * (predicted & inside).sum() / (predicted.sum() + inside.sum())
    assert 0 < dice == pytest.approx(other["figures"]["dice"], rel=0.01)  # of a histogram


def test_a_record_holds_what_the_map_was_made_from() -> None:
    mask = np.zeros((SLICES, 128, 128), bool)
    mask[3, 60:70, 60:70] = True
    finding = finding_of(PREDICTORS["reconstruction-error"](**{"tolerance": 2}), beta=0.5, mask=mask)
    record = json.loads(json.dumps(record_of(finding), allow_nan=False))
    assert record["notice"] == NOTICE
    assert (record["beta"], record["scoring_beta"], record["seed"]) == (0.5, 1.0, None)
    assert record["predictor"]["name"] == "reconstruction-error"
    assert record["predictor"]["settings"]["tolerance"] == 2
    assert record["model"]["sha256"] == model().card.sha256
    assert record["slices"] == {"processed": list(range(SLICES)), "of": SLICES}
    assert record["highest_slice_score"] == max(record["slice_scores"])
    histogram = ScoreHistogram.of(
        finding.scored.values["one"], torch.from_numpy(mask)[:, None], healthy()[1].foregrounds
    )
    assert record["figures"]["auroc"] == auroc(histogram)
    assert record["lesions"]["of"] == 1
    assert record["notes"] == ["As it is.", finding.caution]
    best = max(record["places"], key=lambda one: float(one["peak"]))
    assert best == record["places"][0] and best["peak"] == pytest.approx(float(np.nanmax(inside(finding))))


def inside(finding: Finding) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.where(finding.foreground, finding.values, np.nan)


def test_a_peak_is_told_against_healthy_pixels() -> None:
    finding = finding_of(PREDICTORS["kl-gradient"]())
    assert finding.healthy is not None
    for place in finding.places:
        assert place.percentile is not None and 0.99 <= place.percentile <= 1
        below = finding.healthy.quantiles([max(place.percentile - 0.001, 0)])[0]
        assert below <= place.peak


def test_a_label_and_a_mask_are_said_only_where_there_are_some() -> None:
    finding = finding_of(PREDICTORS["intensity"]())
    assert finding.mask_seen is None and finding.measured is None
    assert not {"labelled_anomalous", "figures", "lesions"} & record_of(finding).keys()
    mask = np.zeros((SLICES, 128, 128), bool)
    mask[3, 60:70, 60:70] = True
    for labelled in (False, True):
        more = dataclasses.replace(finding, mask=mask, labelled=labelled)
        assert more.mask_seen is not None and np.array_equal(more.mask_seen, mask)
        assert record_of(more)["labelled_anomalous"] is labelled


def test_quantiles_are_those_of_the_calibration_to_the_last_digit() -> None:
    healthy_scores = finding_of(PREDICTORS["kl-gradient"](), beta=0.3, scoring_beta=0.3).healthy
    assert healthy_scores is not None
    known = model().calibration[DATASET]
    for level in (0.2, 0.985, 0.99, 0.9985):
        expected = float(known.quantile("kl-gradient", 0.3, level))
        assert healthy_scores.quantiles([level]) == [expected]


@pytest.mark.parametrize(("outside", "told"), [(0, ""), (4, "12 % of the mask"), (90, "the mask of another")])
def test_what_of_a_mask_was_not_scored_is_told(outside: int, told: str) -> None:
    foreground = healthy()[1].foregrounds[:, 0].numpy()
    mask = np.zeros((SLICES, 128, 128), bool)
    for there, count in ((foreground[5], 30), (~foreground[5], outside)):
        mask[5].ravel()[np.flatnonzero(there)[:count]] = True
    finding = finding_of(PREDICTORS["intensity"](), mask=mask)
    record = record_of(finding)
    assert record["share_of_mask_not_scored"] == pytest.approx(outside / (30 + outside))
    assert record["warnings"] == finding.warnings
    assert told in " ".join(finding.warnings) and len(finding.warnings) == bool(told)
