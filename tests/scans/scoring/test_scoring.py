"""A scan is scored as its slices are, in any batches; what was not processed is NaN."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch

from explorer.contracts import CONTRASTS, Conditions, stack
from explorer.evaluation.calibrating import calibrate
from explorer.evaluation.calibration import Calibration
from explorer.evaluation.cohort import Scoring, image_scores
from explorer.evaluation.sample_scores import total_surprise
from explorer.evidence import CodeEvidence, VaeEvidence
from explorer.models.vq_vae.network import VqVae
from explorer.predictors import PREDICTORS, Predictor, score
from explorer.predictors.code_surprise import CodeSurprise
from explorer.predictors.latent_restoration import LatentRestoration
from explorer.scans.placing.placement import place_picture
from explorer.scans.placing.preparing import Prepared, prepare_volume
from explorer.scans.reading.loading import load_scan
from explorer.scans.scoring.scoring import score_scan, score_slices
from tests.support.linear_vae import images
from tests.support.phantoms import head, nifti_bytes, ras_affine, scan_file
from tests.support.slices import small_scan
from tests.support.stepping import STEPS, Noting, Stepping
from tests.support.tiny import tiny_vae
from tests.support.tiny_codes import conditioned_vq_vae

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


@cache
def codes() -> tuple[VqVae, Calibration]:
    """A model whose prior asks for contrast and position, and how it scores healthy images."""
    model, x = conditioned_vq_vae(), images(6, 16, seed=4).float()
    whole = torch.ones_like(x, dtype=torch.bool)
    return model, calibrate(model, x, whole, [1.0], predictors=[CodeSurprise()])


def of_codes(*predictors: Predictor, batch_size: int = 2) -> Scoring:
    chosen = {f"{number}": predictor for number, predictor in enumerate(predictors)}
    return Scoring(*codes(), chosen, 1.0, 1.0, torch.device("cpu"), batch_size)


def test_each_slice_is_scored_by_what_is_known_of_it() -> None:
    model, calibration = codes()
    *_, last = score_slices(small_scan(), of_codes(CodeSurprise()))
    assert last.surprise is not None
    for index, one in enumerate(small_scan()[1:4], 1):
        evidence = CodeEvidence(model, one.image[None, None], conditions=Conditions.of([one]))
        inside = one.foreground[None, None]
        found, alone = last.values["0"][[index]], score(CodeSurprise(), evidence)
        torch.testing.assert_close(found[inside], alone[inside])
        assert found[~inside].isnan().all()
        total = total_surprise(evidence, calibration)
        torch.testing.assert_close(last.surprise[[index]], total)
    assert last.surprise[[0, 4]].isnan().all()
    *_, other = score_slices(small_scan(contrast="flair"), of_codes(CodeSurprise()))
    assert not torch.allclose(other.values["0"][1:4], last.values["0"][1:4], equal_nan=True)


def test_filters_across_slices_come_when_all_are_scored() -> None:
    predictor = LatentRestoration(restorations=2)
    inside = stack([one.foreground for one in small_scan()])
    plain = torch.full(inside.shape, torch.nan)
    for index, one in enumerate(small_scan()[1:4], 1):
        evidence = CodeEvidence(codes()[0], one.image[None, None], conditions=Conditions.of([one]))
        plain[index] = score(predictor.slicewise, evidence, codes()[1])[0]
    *_, last = score_slices(small_scan(), of_codes(predictor))
    expected = predictor.across_slices(plain)
    torch.testing.assert_close(last.values["0"][inside], expected[inside])
    assert last.values["0"][~inside].isnan().all()
    assert not torch.allclose(expected[inside], plain[inside])


def test_the_profile_is_that_of_the_filtered_map() -> None:
    *_, last = score_slices(small_scan(), of_codes(LatentRestoration(restorations=2)))
    inside = stack([one.foreground for one in small_scan()])[1:4]
    torch.testing.assert_close(last.profile["0"][1:4], image_scores(last.values["0"][1:4], inside))
    assert last.profile["0"][[0, 4]].isnan().all()


def test_batches_change_nothing() -> None:
    predictors = (LatentRestoration(restorations=2), CodeSurprise())
    (*_, one), (*_, many) = (
        score_slices(small_scan(), of_codes(*predictors, batch_size=size)) for size in (1, 5)
    )
    for name in ("0", "1"):
        torch.testing.assert_close(one.values[name], many.values[name], equal_nan=True)
    torch.testing.assert_close(one.surprise, many.surprise, equal_nan=True)


def test_a_vae_has_no_surprise() -> None:
    assert next(score_scan(prepared(), scoring(10))).surprise is None


def test_the_height_of_a_slice_is_known_in_a_whole_brain_alone() -> None:
    part = prepared()  # too small to be scaled
    assert part.slice_at(13, "t2").position is None
    whole = replace(part, placement=replace(part.placement, factor=1.1))
    assert whole.slice_at(13, "t2").position == 13
    assert Conditions.of([part.slice_at(13, "t2")]).contrast.tolist() == [CONTRASTS.index("t2")]
    assert not place_picture((8, 8, 1), 16).heights_known


def test_ten_at_once_do_not_mix() -> None:
    lock = threading.Semaphore(1)
    few = torch.zeros_like(prepared().foregrounds)
    few[10:14] = prepared().foregrounds[10:14]
    scans = [
        replace(prepared(), images=prepared().images * (0.5 + 0.05 * k), foregrounds=few) for k in range(10)
    ]

    def run(scan: Prepared) -> torch.Tensor:
        *_, last = score_scan(scan, scoring(2), turn=lock)
        return last.values["kl-gradient"][10:14]

    with ThreadPoolExecutor(10) as pool:
        together = list(pool.map(run, scans))
    for scan, found in zip(scans, together, strict=True):
        torch.testing.assert_close(found, run(scan), rtol=1e-4, atol=1e-6, equal_nan=True)


def test_an_unscorable_beta_is_refused() -> None:
    with pytest.raises(ValueError, match="beta must be in"):
        next(score_scan(prepared(), Scoring(NETWORK, None, {}, 99.0, 1.0, torch.device("cpu"))))


def test_others_may_have_their_turn_between_any_two_steps() -> None:
    predictors = {"stepping": Stepping(), "kl-gradient": PREDICTORS["kl-gradient"]()}
    turn, scoring = Noting(), Scoring(NETWORK, None, predictors, 0.5, 0.5, torch.device("cpu"))
    *_, last = score_scan(prepared(), scoring, turn=turn)
    assert turn.steps.count(1) == -(-last.total // scoring.batch) * STEPS and max(turn.steps) == 1
