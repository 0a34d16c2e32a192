"""What is measured after a training."""

from __future__ import annotations

import pytest
import torch

from explorer.evidence import VaeEvidence
from explorer.predictors import PREDICTORS, predictors_for, score
from explorer.training import finish
from explorer.training.finish import betas_between, calibrate_all, measure
from tests.support.linear_vae import LinearVae, images
from tests.support.tiny_codes import tiny_vq_vae

CPU = torch.device("cpu")


def test_betas_run_in_equal_ratios() -> None:
    assert betas_between(0.01, 1.0, 3) == pytest.approx([0.01, 0.1, 1.0])
    assert betas_between(0.5, 0.5, 3) == [0.5]


def test_every_predictor_is_calibrated_the_iterative_ones_on_less(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finish, "CALIBRATION_BETAS", 3)
    monkeypatch.setattr(finish, "ITERATIVE_BETAS", 2)
    monkeypatch.setattr(finish, "ITERATIVE_SLICES", 4)
    model, x = LinearVae(), images(6)
    made = calibrate_all(model, x, torch.ones_like(x, dtype=torch.bool), CPU)
    assert set(made.quantiles) == {"rec", *predictors_for(model)}
    assert all(len(rows) == 3 for rows in made.quantiles.values())
    scores = score(PREDICTORS["map-restoration"](), VaeEvidence(model, x[:4], 10.0))
    highest = float(made.quantile("map-restoration", 10.0, 1.0))
    assert highest == pytest.approx(float(scores.max()), rel=1e-3)


def test_codes_are_measured_too() -> None:
    model, x = tiny_vq_vae(), images(6, 16).float()
    found = measure(model, x, torch.ones_like(x, dtype=torch.bool), [1.0], CPU)
    nll = model.prior.nll(model.indices(x).flatten(1))
    assert found.code_nll == pytest.approx((float(nll.mean()),), rel=1e-5)
    assert found.kl == pytest.approx((float(nll.sum(1).mean()),), rel=1e-5)
    assert found.error == pytest.approx((float((x - model(x)[0]).abs().mean()),), rel=1e-5)
    assert 1 < found.perplexity[0] <= 12


def test_the_error_is_that_of_the_foreground_alone() -> None:
    model, x = LinearVae(), images(60)  # more than go through the model at once
    inside = images(60, seed=3) > 0.7
    betas = [0.01, 2.0]
    found = measure(model, x, inside, betas, CPU)
    evidence = [VaeEvidence(model, x, beta) for beta in betas]
    for k, seen in enumerate(evidence):
        distance = (x - seen.x_hat).abs()
        assert found.error[k] == pytest.approx(float(distance[inside].mean()))
        assert found.error[k] != pytest.approx(float(distance.mean()), rel=1e-3)
        assert found.rec[k] == pytest.approx(float(seen.rec.mean()))
        assert found.kl[k] == pytest.approx(float(seen.kl.mean()))
    assert found.betas == (0.01, 2.0) and found.perplexity == found.code_nll == ()
