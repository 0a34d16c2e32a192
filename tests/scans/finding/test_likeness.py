"""Healthy scores that do not hold for a scan are told from lesions; like scans are left in peace."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from explorer.evaluation.calibration import LEVELS, Calibration
from explorer.scans.finding.healthy import Healthy
from explorer.scans.finding.likeness import Likeness, likeness_of
from explorer.scans.finding.record import record_of
from explorer.scans.writing.report import report_html
from tests.support.healthy_scans import brain, finding_of, gathered, job_of

Scores = NDArray[np.float32]
RANDOM = np.random.default_rng(0)


def drawn(count: int = 20_000) -> Scores:
    return RANDOM.gamma(2.0, 1.0, count).astype(np.float32)


def healthy(scores: Scores) -> Healthy:
    quantiles = torch.from_numpy(np.quantile(scores.astype(np.float64), LEVELS))[None]
    one, levels = torch.ones(1, dtype=torch.float64), torch.tensor(LEVELS, dtype=torch.float64)
    return Healthy(Calibration(one, levels, {"p": quantiles}), "p", 1.0)


def like(scores: Scores) -> Likeness:
    return likeness_of(scores, healthy(drawn()))


def with_lesion(scores: Scores, share: float) -> Scores:
    """The highest scores in a share of the pixels, chosen at random."""
    return np.where(RANDOM.random(len(scores)) < share, np.float32(30), scores)


def test_figures_are_those_of_the_scores() -> None:
    scores, reference = drawn(), drawn()
    found = likeness_of(scores, healthy(reference))
    assert found.above == pytest.approx(float((scores >= np.quantile(reference, 0.99)).mean()), abs=1e-4)
    assert found.middle == pytest.approx(float((reference < np.median(scores)).mean()), abs=0.01)


@pytest.mark.parametrize("share", [0.0, 0.005, 0.025])
def test_a_like_scan_is_left_in_peace_with_lesions_and_without(share: float) -> None:
    assert like(with_lesion(drawn(), share)).doubt == ""


@pytest.mark.parametrize("factor", [1.4, 2.0])
def test_another_scanner_is_told_by_the_lower_half(factor: float) -> None:
    found = like(factor * drawn())
    assert found.high and found.above > 0.02
    assert found.doubt.startswith("Percentiles and threshold do not hold for this scan: ")
    assert (
        "% of its pixels score higher than 99 % of healthy ones do, and half of them score higher than"
        in (found.doubt)
    )
    assert found.doubt.endswith("Calibrating on healthy scans of the same scanner helps.")


def test_so_much_above_with_a_usual_lower_half_may_be_lesions() -> None:
    found = like(with_lesion(drawn(), 0.08))
    assert not found.high and found.above > 0.04
    assert "may not hold for this scan" in found.doubt and "Unless lesions take up that much" in found.doubt


def test_whatever_the_lower_half_more_than_four_percent_is_never_silent() -> None:
    for factor in np.linspace(0.5, 3, 26):
        for share in (0.0, 0.02, 0.05, 0.3):
            found = like(with_lesion(factor * drawn(4000), share))
            assert found.doubt or found.above <= 0.04


def test_scores_that_lie_low_throughout_may_hide_lesions() -> None:
    found = like(0.3 * drawn())
    assert found.low and "so lesions may be missed" in found.doubt
    assert like(np.minimum(drawn(), 1.0)).doubt == ""  # low only where lesions are not


def test_ties_at_the_lower_end_are_no_shift() -> None:
    """Most pixels of a positive residual are exactly 0, in healthy scans as well."""
    tied = [np.maximum(drawn() - 3, 0) for _ in range(2)]
    found = likeness_of(tied[0], healthy(tied[1]))
    assert not found.high and not found.low and found.doubt == ""


def test_the_doubt_stands_in_record_and_report_and_own_scans_lift_it() -> None:
    name, bright = "intensity", [brain(seed, 1.6) for seed in range(5)]
    shipped = finding_of(job_of(name, contrast="fashion-mnist"), bright[0])
    (told,) = shipped.doubts
    assert told in record_of(shipped)["warnings"] and record_of(shipped)["calibration"]["holds"] is False
    assert f'<p class="caution">{told}</p>' in report_html(shipped)
    own = gathered(job_of(name), *bright[1:])
    read = finding_of(job_of(name, contrast="fashion-mnist", own=own), bright[0])
    assert read.doubts == [] and record_of(read)["calibration"]["holds"] is True
    unlike = finding_of(job_of(name, own=own), brain(0, 3.0))
    assert "should be of the same scanner and protocol" in " ".join(unlike.doubts)
    assert finding_of(job_of(name), bright[0]).doubts == []
