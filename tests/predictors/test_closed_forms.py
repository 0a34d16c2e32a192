"""Each predictor against its formula on the linear-Gaussian VAE."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from types import SimpleNamespace
from typing import cast

import pytest
import torch
from scipy import ndimage  # type: ignore[import-untyped, unused-ignore]
from torch import Tensor

from explorer.contracts import VaeOutput
from explorer.evaluation.calibrating import calibrate
from explorer.evaluation.calibration import Calibration
from explorer.evidence import Evidence, VaeEvidence
from explorer.predictors import PREDICTORS, Predictor, score
from explorer.predictors.ensemble import Ensemble
from explorer.predictors.intensity import Intensity
from explorer.predictors.kl_gradient import KlGradient
from explorer.predictors.reconstruction_error import ReconstructionError
from tests.support.linear_vae import BETAS, LinearVae, images

MODEL = LinearVae()
X = images()
SCORING = BETAS.flip(0)
KNOWN = MODEL.closed_form(X, BETAS)


def g(maps: Tensor) -> Tensor:
    """Smooth with SciPy."""
    smoothed = ndimage.gaussian_filter(maps.numpy(), sigma=3, radius=3, mode="mirror", axes=(2, 3))
    return torch.from_numpy(smoothed)


def residual() -> Tensor:
    with torch.no_grad():
        output: VaeOutput = MODEL(X, BETAS)
        return X - output.x_hat


def outside(tolerance: int) -> tuple[Tensor, Tensor]:
    """How far X lies above and below the reconstruction's values nearby, with SciPy."""
    size = (1, 1, 2 * tolerance + 1, 2 * tolerance + 1)
    x_hat = (X - residual()).numpy()
    high = ndimage.maximum_filter(x_hat, size=size, mode="nearest")
    low = ndimage.minimum_filter(x_hat, size=size, mode="nearest")
    return (X - torch.from_numpy(high)).clamp(min=0), (torch.from_numpy(low) - X).clamp(min=0)


FORMULAS: dict[str, Callable[[], Tensor]] = {
    "intensity": lambda: X,
    "reconstruction-error": lambda: residual().abs(),
    "reconstruction-gradient": lambda: g(KNOWN["grad_rec"].abs()),
    "kl-gradient": lambda: g(KNOWN["grad_kl"].abs()),
    "elbo-gradient": lambda: g((KNOWN["grad_rec"] + SCORING.view(-1, 1, 1, 1) * KNOWN["grad_kl"]).abs()),
    "combination": lambda: g(KNOWN["grad_kl"].abs()) * residual() ** 2,
}


@pytest.fixture
def evidence() -> Evidence:
    return VaeEvidence(MODEL, X, BETAS, scoring_beta=SCORING)


@pytest.fixture(scope="module")
def calibration() -> Calibration:
    healthy = images(10, seed=9)
    return calibrate(MODEL, healthy, torch.ones_like(healthy, dtype=torch.bool), [0.01, 0.3, 10.0])


@pytest.mark.parametrize("name", FORMULAS)
def test_defaults_match_the_formula(name: str, evidence: Evidence) -> None:
    torch.testing.assert_close(score(PREDICTORS[name](), evidence), FORMULAS[name]())


@pytest.mark.parametrize(
    ("predictor", "formula"),
    [
        (ReconstructionError(form="squared"), lambda: residual() ** 2),
        (ReconstructionError(sign="positive"), lambda: residual().clamp(min=0)),
        (ReconstructionError(smooth=True), lambda: g(residual().abs())),
        (
            ReconstructionError(form="squared", sign="positive", smooth=True),
            lambda: g(residual().clamp(min=0) ** 2),
        ),
        (ReconstructionError(tolerance=2), lambda: sum(outside(2))),
        (ReconstructionError(sign="positive", tolerance=1, smooth=True), lambda: g(outside(1)[0])),
        (KlGradient(copies=3, eps=0.0), lambda: g(KNOWN["grad_kl"].abs())),
    ],
)
def test_settings_match_the_formula(
    predictor: Predictor, formula: Callable[[], Tensor], evidence: Evidence
) -> None:
    torch.testing.assert_close(score(predictor, evidence), formula())


def test_an_image_moved_by_the_tolerance_has_no_error() -> None:
    x_hat = images(2, seed=4)
    for moved in ((1, 2), (-2, 0), (2, -2)):
        seen = cast(
            Evidence,
            SimpleNamespace(x=x_hat.roll(moved, (2, 3)), x_hat=x_hat, memo=lambda key, make: make()),
        )
        inner = (..., slice(2, -2), slice(2, -2))  # what comes in at the rim was never near
        assert score(ReconstructionError(tolerance=2), seen)[inner].abs().max() == 0
        assert score(ReconstructionError(tolerance=1), seen)[inner].abs().max() > 0


def test_settings_are_told_apart_on_one_evidence(evidence: Evidence) -> None:
    plain, noisy = KlGradient(), KlGradient(copies=2)
    assert not torch.equal(score(plain, evidence), score(noisy, evidence))
    assert torch.equal(score(noisy, evidence), score(dataclasses.replace(plain, copies=2), evidence))


def test_noisy_copies_average_before_the_absolute_value(evidence: Evidence) -> None:
    expected = g(evidence.smooth_grad_kl(4, 0.2, 1).abs())
    torch.testing.assert_close(score(KlGradient(copies=4, eps=0.2, seed=1), evidence), expected)


def test_deviation_is_the_distance_from_the_healthy_median(
    evidence: Evidence, calibration: Calibration
) -> None:
    median = images(10, seed=9).median()
    found = score(Intensity(mode="deviation"), evidence, calibration)
    torch.testing.assert_close(found, (X - median).abs(), atol=1e-3, rtol=0)


@pytest.mark.parametrize("rule", ["mean", "product"])
def test_ensemble_joins_percentiles(rule: str, evidence: Evidence, calibration: Calibration) -> None:
    names = ("intensity", "kl-gradient")
    parts = [calibration.percentile(name, BETAS, FORMULAS[name]()) for name in names]
    expected = (parts[0] + parts[1]) / 2 if rule == "mean" else parts[0] * parts[1]
    found = score(Ensemble(rule=rule, members="intensity, kl-gradient"), evidence, calibration)  # type: ignore[arg-type]
    torch.testing.assert_close(found, expected)
    assert float(found.min()) >= 0 and float(found.max()) <= 1


def test_missing_calibration_is_explained(evidence: Evidence) -> None:
    for predictor in (Intensity(mode="deviation"), Ensemble()):
        with pytest.raises(ValueError, match="needs a calibrated model, got none"):
            score(predictor, evidence)


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ("klgrad", f"unknown predictor 'klgrad'; known: {PREDICTORS.names()[0]}"),
        ("", "unknown predictor ''"),
        ("intensity,ensemble", "members must be predictors that need no calibration, got 'ensemble'"),
    ],
)
def test_members_are_checked(members: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Ensemble(members=members)


@pytest.mark.parametrize(
    "settings", [{"copies": 33}, {"copies": -1}, {"copies": 1.5}, {"eps": 2.0}, {"seed": -1}]
)
def test_settings_out_of_range_are_refused(settings: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=f"{next(iter(settings))} must be"):
        KlGradient(**settings)
