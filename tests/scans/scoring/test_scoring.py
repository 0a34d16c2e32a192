"""A scan is scored as its slices are, in any batches; what was not processed is NaN."""

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
            inside = prepared().foregrounds[[index]]
            found = last.values[name][[index]]
            torch.testing.assert_close(found[inside], alone[inside], rtol=1e-4, atol=1e-5)
            assert bool(found[~inside].isnan().all())
            expected = image_scores(alone, inside)
            torch.testing.assert_close(last.profile[name][[index]], expected, rtol=1e-4, atol=1e-5)


def test_progress_counts_up_and_the_caller_may_stop() -> None:
    total = len(prepared().slices)
    steps = [(scored.done, scored.total) for scored in score_scan(prepared(), scoring(10))]
    assert steps == [(min(done, total), total) for done in range(10, total + 10, 10)]
    first = next(score_scan(prepared(), scoring(10)))
    found = ~first.values["kl-gradient"].isnan().flatten(1).all(1)
    assert found.nonzero().flatten().tolist() == list(prepared().slices[:10])


def test_what_is_not_processed_is_nan_on_the_scan_too() -> None:
    *_, last = score_scan(prepared(), scoring())
    values = last.values["kl-gradient"]
    assert torch.equal(~values.isnan(), prepared().foregrounds)
    done = ~values.isnan().flatten(1).all(1)
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
        torch.testing.assert_close(found, run(scan), rtol=1e-4, atol=1e-6, equal_nan=True)


def test_an_unscorable_beta_is_refused() -> None:
    with pytest.raises(ValueError, match="beta must be in"):
        next(score_scan(prepared(), Scoring(NETWORK, None, {}, 99.0, 1.0, torch.device("cpu"))))
