"""A scan is scored as its slices are, in any batches; what was not processed is NaN; components add up."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch

from explorer.evaluation.cohort import Scoring, image_scores
from explorer.evidence import VaeEvidence
from explorer.predictors import PREDICTORS, score
from explorer.scans.finding.components import components
from explorer.scans.placing.placement import Placement
from explorer.scans.placing.preparing import Prepared, prepare_volume
from explorer.scans.reading.loading import load_scan
from explorer.scans.scoring.scoring import score_scan
from tests.support.phantoms import head, nifti_bytes, ras_affine, scan_file
from tests.support.tiny import tiny_vae

NETWORK = tiny_vae(image_size=128, widths=[2, 2, 2])


@cache
def prepared() -> Prepared:
    """A head of which only the lower part was scanned."""
    data = head(ras_affine())
    data[:, :, 20:] = 0
    return prepare_volume(load_scan(scan_file(nifti_bytes(data, ras_affine()))))


def scoring(batch_size: int = 16, *names: str) -> Scoring:
    predictors = {name: PREDICTORS[name]() for name in names or ("kl-gradient",)}
    return Scoring(NETWORK, None, predictors, 0.5, 0.5, torch.device("cpu"), batch_size)


def test_a_scan_is_its_slices() -> None:
    *_, last = score_scan(prepared(), scoring(7, "kl-gradient", "elbo-gradient"))
    for name in ("kl-gradient", "elbo-gradient"):
        for index in (prepared().slices[0], prepared().slices[-1]):
            alone = score(PREDICTORS[name](), VaeEvidence(NETWORK, prepared().images[[index]], 0.5))
            torch.testing.assert_close(last.values[name][[index]], alone, rtol=1e-4, atol=1e-5)
            expected = image_scores(alone, prepared().foregrounds[[index]])
            torch.testing.assert_close(last.profile[name][[index]], expected, rtol=1e-4, atol=1e-5)


def test_progress_counts_up_and_the_caller_may_stop() -> None:
    total = len(prepared().slices)
    steps = [(scored.done, scored.total) for scored in score_scan(prepared(), scoring(10))]
    assert steps == [(min(done, total), total) for done in range(10, total + 10, 10)]
    first = next(score_scan(prepared(), scoring(10)))
    found = ~first.values["kl-gradient"].isnan().flatten(1).any(1)
    assert found.nonzero().flatten().tolist() == list(prepared().slices[:10])


def test_what_is_not_processed_is_nan_on_the_scan_too() -> None:
    *_, last = score_scan(prepared(), scoring())
    values = last.values["kl-gradient"]
    done = ~values.isnan().flatten(1).any(1)
    assert tuple(done.nonzero().flatten().tolist()) == prepared().slices
    assert bool(values[~done].isnan().all()) and bool(last.profile["kl-gradient"][~done].isnan().all())
    back = prepared().placement.to_scan(values[:, 0].numpy())
    heights = np.linalg.inv(prepared().placement.matrix)[0] @ [22.0, 28.0, 30.0, 1.0]
    assert heights > prepared().slices[-1] + 1 and np.isnan(back[:, :, 30:]).all()
    assert not np.isnan(back[20:25, 25:30, 15]).any()


def test_ten_at_once_do_not_mix() -> None:
    lock = threading.Semaphore(1)
    few = torch.zeros_like(prepared().foregrounds)
    few[10:14] = prepared().foregrounds[10:14]
    scans = [
        replace(prepared(), images=prepared().images * (0.5 + 0.05 * k), foregrounds=few) for k in range(10)
    ]

    def run(scan: Prepared) -> torch.Tensor:
        *_, last = score_scan(scan, scoring(2), lock=lock)
        return last.values["kl-gradient"][10:14]

    with ThreadPoolExecutor(10) as pool:
        together = list(pool.map(run, scans))
    for scan, found in zip(scans, together, strict=True):
        torch.testing.assert_close(found, run(scan), rtol=1e-4, atol=1e-6)


def test_an_unscorable_beta_is_refused() -> None:
    with pytest.raises(ValueError, match="beta must be in"):
        next(score_scan(prepared(), Scoring(NETWORK, None, {}, 99.0, 1.0, torch.device("cpu"))))


def test_components_are_counted_by_hand() -> None:
    values = np.zeros((4, 6, 6), np.float32)
    values[0, 0, 0], values[1, 1, 1] = 3, 5  # touch by a corner: one
    values[3, 4:6, 4] = 4, 9
    values[0, 5, 5] = 7  # outside the foreground
    values[2] = np.nan
    foreground = np.ones(values.shape, bool)
    foreground[0, 5, 5] = False
    placement = Placement(np.diag([2.0, 3.0, 4.0, 1.0]), (8, 18, 24), (4, 6, 6), 1.0, 2.0)
    found = components(values, foreground, 2.5, placement)
    assert [(one.voxels, one.peak, one.place) for one in found] == [(2, 9.0, (3, 5, 4)), (2, 5.0, (1, 1, 1))]
    assert found[0].ml == pytest.approx(2 * 8 / 1000) and found[0].voxel == (6.0, 15.0, 16.0)
    assert components(values, foreground, 2.5, placement, most=1) == found[:1]
    assert components(values, foreground, 9.5, placement) == []
    known = components(values, foreground, 2.5, placement, percentile=lambda peak: peak / 10)
    assert [one.percentile for one in known] == [0.9, 0.5]
    with pytest.raises(ValueError, match="threshold must be a finite number"):
        components(values, foreground, float("nan"), placement)
    with pytest.raises(ValueError, match="foreground must have the shape"):
        components(values, foreground[1:], 1.0, placement)


def test_volumes_of_components_add_up_to_that_of_the_brain() -> None:
    values = np.ones(prepared().placement.model_shape, np.float32)
    foreground = prepared().foregrounds[:, 0].numpy()
    (whole,) = components(values, foreground, 0.5, prepared().placement)
    back = prepared().placement.to_scan(foreground.astype(np.float32))
    expected = np.count_nonzero(back > 0.5) * abs(np.linalg.det(ras_affine()[:3, :3])) / 1000
    assert whole.ml == pytest.approx(expected, rel=0.03)
