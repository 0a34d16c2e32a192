"""Each predictor against its formula on the linear-Gaussian VAE."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest
import torch
from scipy import ndimage  # type: ignore[import-untyped, unused-ignore]
from torch import Tensor

from explorer.contracts import VaeOutput
from explorer.evaluation.calibrating import calibrate
from explorer.evaluation.calibration import Calibration
from explorer.evidence import Evidence, VaeEvidence
from explorer.predictors import PREDICTORS, Predictor, healthy_name, score
from explorer.predictors.ensemble import Ensemble
from explorer.predictors.intensity import Intensity
from explorer.predictors.kl_gradient import KlGradient
from explorer.predictors.reconstruction_error import ReconstructionError
from tests.support.linear_vae import BETAS, LinearVae, images

MODEL = LinearVae()
X = images()
SCORING = BETAS.flip(0)
KNOWN = MODEL.closed_form(X, BETAS)


def g(maps: Tensor, sigma: float = 3) -> Tensor:
    """Smooth with SciPy."""
    smoothed = ndimage.gaussian_filter(maps.numpy(), sigma=sigma, radius=3, mode="mirror", axes=(2, 3))
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


class Twice:
    """Healthy scores of a predictor for its smoothed maps as well."""

    def __init__(self, known: Calibration) -> None:
        self.known = known

    def quantile(self, name: str, beta: Tensor | float, level: float) -> Tensor:
        return self.known.quantile(name.partition(":")[0], beta, level)

    def percentile(self, name: str, beta: Tensor | float, scores: Tensor) -> Tensor:
        return self.known.percentile(name.partition(":")[0], beta, scores)

    def surprisal(self, name: str, beta: Tensor | float, scores: Tensor) -> Tensor:
        return self.known.surprisal(name.partition(":")[0], beta, scores)


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
        (ReconstructionError(sign="brighter"), lambda: residual().clamp(min=0)),
        (ReconstructionError(sign="darker"), lambda: (-residual()).clamp(min=0)),
        (ReconstructionError(sigma=3), lambda: g(residual().abs())),
        (ReconstructionError(sigma=0.7), lambda: g(residual().abs(), 0.7)),
        (
            ReconstructionError(form="squared", sign="brighter", sigma=3),
            lambda: g(residual().clamp(min=0) ** 2),
        ),
        (ReconstructionError(tolerance=2), lambda: sum(outside(2))),
        (ReconstructionError(sign="brighter", tolerance=1, sigma=3), lambda: g(outside(1)[0])),
        (ReconstructionError(sign="darker", tolerance=1, sigma=1), lambda: g(outside(1)[1], 1)),
        (Intensity(mode="dark"), lambda: 1 - X),
        (Intensity(sigma=1.5), lambda: g(X, 1.5)),
        (Intensity(mode="dark", sigma=1.5), lambda: 1 - g(X, 1.5)),
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


def test_members_take_their_settings_along(evidence: Evidence, calibration: Calibration) -> None:
    residual = ReconstructionError(sign="darker", tolerance=1, sigma=1)
    healthy = images(10, seed=9)
    counted = torch.ones_like(healthy, dtype=torch.bool)
    more = calibrate(MODEL, healthy, counted, [0.01, 0.3, 10.0], predictors=[residual], given=calibration)
    name = "reconstruction-error:sign=darker,tolerance=1,sigma=1.0"
    assert healthy_name(residual) == name
    members = "intensity,reconstruction-error:sign=darker:sigma=1:tolerance=1"
    found = score(Ensemble(rule="tail", members=members), evidence, calibration.joined(more))
    parts = [
        calibration.surprisal("intensity", BETAS, X).sqrt(),
        more.surprisal(name, BETAS, score(residual, evidence)).sqrt(),
    ]
    torch.testing.assert_close(found, (parts[0] + parts[1]) / 2)


@pytest.mark.parametrize("rule", ["mean", "product", "tail"])
def test_ensembles_never_fall_with_a_member(rule: Any, evidence: Evidence, calibration: Calibration) -> None:
    ensemble = Ensemble(rule=rule, members="intensity,intensity:sigma=3")
    steps = [
        score(ensemble, VaeEvidence(MODEL, X * part, BETAS), Twice(calibration)) for part in (0.5, 0.8, 1.0)
    ]
    assert all(bool((high >= low).all()) for low, high in zip(steps, steps[1:], strict=False))
    assert bool((steps[0] < steps[2]).any()) and bool(steps[2].isfinite().all())


def test_tails_go_on_where_percentiles_stand_still(calibration: Calibration) -> None:
    bright = torch.linspace(1, 3, 64, dtype=torch.float64).view(1, 1, 8, 8)
    seen = VaeEvidence(MODEL, bright, 1.0)
    tail, mean = (
        score(Ensemble(rule=rule, members="intensity"), seen, calibration) for rule in ("tail", "mean")
    )
    assert float(tail.flatten().diff().min()) > 0 and bool((mean == 1).all())


def test_a_member_without_healthy_scores_is_named_with_the_remedy(
    evidence: Evidence, calibration: Calibration
) -> None:
    message = (
        "no calibration for predictor 'intensity:sigma=2.0'; .*"
        "python -m explorer calibrate MODEL --predictor intensity:sigma=2.0$"
    )
    with pytest.raises(ValueError, match=message):
        score(Ensemble(members="intensity:sigma=2"), evidence, calibration)


def test_missing_calibration_is_explained(evidence: Evidence) -> None:
    for predictor in (Intensity(mode="deviation"), Ensemble(), PREDICTORS["intensity-and-residual"]()):
        with pytest.raises(ValueError, match="needs a calibrated model, got none"):
            score(predictor, evidence)


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ("klgrad", f"unknown predictor 'klgrad'; known: {PREDICTORS.names()[0]}"),
        ("", "unknown predictor ''"),
        ("intensity:sigma=9", r"intensity: sigma must be in \[0, 3\], got 9"),
        ("intensity:shape=1", "intensity: unknown setting 'shape'; known: mode, sigma"),
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
