"""The predictors that move an image back to health, against their formulas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor

from explorer.contracts import Conditions, ScoreMap
from explorer.evidence import CodeEvidence, Evidence, VaeEvidence
from explorer.evidence.restoration import uniform_noise
from explorer.predictors import PREDICTORS, Predictor, score, within
from explorer.predictors.code_surprise import CodeSurprise
from explorer.predictors.energy_projection import EnergyProjection
from explorer.predictors.filters.extremes import (
    mean_filter,
    mean_filter_3d,
    minimum_filter,
    minimum_filter_3d,
)
from explorer.predictors.latent_restoration import LatentRestoration
from explorer.predictors.map_restoration import MapRestoration, total_variation
from tests.support.linear_vae import BETAS, LinearVae, images
from tests.support.tiny_codes import conditioned_vq_vae, plain_walk, tiny_vq_vae


class Known:
    """A calibration that says for each name the same quantile at every level."""

    def __init__(self, **quantiles: float) -> None:
        self.quantiles: Mapping[str, float] = {k.replace("_", "-"): v for k, v in quantiles.items()}

    def quantile(self, name: str, beta: Tensor | float, level: float) -> Tensor:
        return torch.full_like(torch.as_tensor(beta), self.quantiles[name], dtype=torch.float64)

    def percentile(self, name: str, beta: Tensor | float, scores: Tensor) -> Tensor:
        raise NotImplementedError

    surprisal = percentile


MODEL, X = LinearVae(), 0.4 + 0.2 * images()


@pytest.fixture
def evidence() -> Evidence:
    return VaeEvidence(MODEL, X, BETAS)


@pytest.fixture(scope="module")
def codes() -> CodeEvidence:
    return CodeEvidence(tiny_vq_vae().double(), images(3, 16))


def steps_of(predictor: Predictor, evidence: Evidence, calibration: Known | None = None) -> list[ScoreMap]:
    return list(predictor.maps(evidence, calibration))


def test_a_time_budget_ends_the_steps(evidence: Evidence) -> None:
    assert len(list(within(MapRestoration(steps=30).maps(evidence), 0.0))) == 1
    assert len(list(within(MapRestoration(steps=3).maps(evidence), 60.0))) == 3


# energy projection


def energy_step(x: Tensor, rate: float, closeness: float) -> Tensor:
    """One step by the formula, from the closed form of d rec / dx."""
    known = MODEL.closed_form(x, BETAS)
    x_hat = MODEL(x, BETAS).x_hat.detach()
    gradient = known["grad_rec"] * 2 * MODEL.s**2 + closeness * (x - X).sign()
    moved: Tensor = x - rate * gradient * (x - x_hat).square()
    return moved.clamp(0, 1)


def test_projection_takes_the_steps_of_its_formula(evidence: Evidence) -> None:
    first, second = steps_of(EnergyProjection(steps=2, rate=0.3, closeness=0.1), evidence, Known(rec=0.0))
    one = energy_step(X, 0.3, 0.1)
    two = energy_step(one, 0.3, 0.1)
    assert first.restored is not None and second.restored is not None
    torch.testing.assert_close(first.restored, one)
    torch.testing.assert_close(second.restored, two)
    torch.testing.assert_close(second.values, (two - X).abs())
    assert (first.step, second.step) == (1, 2)


def test_energy_falls_along_a_projection(evidence: Evidence) -> None:
    found = steps_of(EnergyProjection(steps=40, rate=0.05), evidence, Known(rec=0.0))
    energies = torch.stack([one.curves["energy"] for one in found])
    assert bool((energies.diff(dim=0) < 0).all())


def test_the_energy_is_the_squared_error_and_the_weighted_distance(evidence: Evidence) -> None:
    first, second = steps_of(EnergyProjection(steps=2, rate=0.3, closeness=0.7), evidence, Known(rec=0.0))
    x = X
    for step in (first, second):
        squared = 2 * MODEL.s**2 * MODEL.closed_form(x, BETAS)["rec"]
        distance = (x - X).abs().sum((1, 2, 3))
        torch.testing.assert_close(step.curves["energy"], squared + 0.7 * distance)
        assert step.restored is not None
        x = step.restored


def test_each_image_rests_at_the_goal(evidence: Evidence) -> None:
    goal = float(evidence.rec.median())
    found = steps_of(EnergyProjection(steps=200, rate=0.3, closeness=0.0), evidence, Known(rec=goal))
    low = evidence.rec <= goal
    assert not bool(found[-1].values[low].any()) and bool((found[-1].values[~low].amax((1, 2, 3)) > 0).all())
    assert found[-1].step < 200
    restored = found[-1].restored
    assert restored is not None
    assert bool((VaeEvidence(MODEL, restored, BETAS).rec <= goal).all())


def test_a_batch_of_projections_is_its_singles(evidence: Evidence) -> None:
    predictor, known = EnergyProjection(steps=30, rate=0.3), Known(rec=float(evidence.rec.median()) * 0.8)
    batch = score(predictor, evidence, known)
    singles = [score(predictor, VaeEvidence(MODEL, X[[i]], BETAS[[i]]), known) for i in range(8)]
    torch.testing.assert_close(batch, torch.cat(singles))


# MAP restoration


def test_the_gradient_of_the_variation_is_its_finite_difference() -> None:
    maps, step = 0.02 * images(2, 5), 1e-7
    total, gradient = total_variation(maps)
    for place in ((0, 0, 0, 0), (1, 0, 2, 3), (0, 0, 4, 4)):
        moved = maps.clone()
        moved[place] += step
        found = (total_variation(moved)[0] - total)[place[0]] / step
        torch.testing.assert_close(found, gradient[place], rtol=1e-4, atol=1e-4)


def test_the_variation_of_a_large_step_is_its_edge() -> None:
    maps = torch.zeros(1, 1, 6, 6, dtype=torch.float64)
    maps[..., 2:4, 2:4] = 10.0
    torch.testing.assert_close(total_variation(maps)[0], torch.tensor([80.0]).double(), rtol=2e-3, atol=0)
    assert float(total_variation(torch.full_like(maps, 3.0))[0]) == pytest.approx(0, abs=1e-12)


def test_the_variation_treats_rows_and_columns_alike() -> None:
    maps = images(2, 8)[..., :5]
    (total, gradient), (turned, other) = total_variation(maps), total_variation(maps.mT.contiguous())
    torch.testing.assert_close(total, turned)
    torch.testing.assert_close(gradient.mT, other)


def test_map_restoration_takes_the_steps_of_its_formula(evidence: Evidence) -> None:
    found = steps_of(MapRestoration(steps=2, rate=1e-3, smoothness=0.7), evidence)
    x = X
    for _ in range(2):
        known = MODEL.closed_form(x, BETAS)
        gradient = known["grad_rec"] + BETAS.view(-1, 1, 1, 1) * known["grad_kl"]
        x = x - 1e-3 * (gradient + 0.7 * total_variation(x - X)[1]).clamp(-50, 50)
    torch.testing.assert_close(found[-1].values, (x - X).abs())


def test_a_steep_gradient_counts_as_fifty() -> None:
    steep = LinearVae(s=1e-3)
    first, *_ = steps_of(MapRestoration(steps=1, rate=1e-3), VaeEvidence(steep, X, BETAS))
    gradient = steep.closed_form(X, BETAS)["grad_rec"]
    assert float(gradient.abs().quantile(0.01)) > 200
    assert float(first.values.quantile(0.99)) == pytest.approx(50 * 1e-3)


def test_the_loss_of_a_map_restoration_falls(evidence: Evidence) -> None:
    found = steps_of(MapRestoration(steps=40, rate=1e-3, smoothness=0.1), evidence)
    losses = torch.stack([one.curves["energy"] for one in found])
    torch.testing.assert_close(losses[0], evidence.elbo)
    assert bool((losses.diff(dim=0) < 0).all())
    assert [one.step for one in found] == list(range(1, 41))


@pytest.mark.parametrize("smoothness", [0.5, 2.2, 20.0])
def test_the_steps_of_a_map_restoration_do_not_swing(evidence: Evidence, smoothness: float) -> None:
    found = steps_of(MapRestoration(steps=60, smoothness=smoothness), evidence)
    losses = torch.stack([one.curves["energy"] for one in found])
    assert bool((losses.diff(dim=0) < 0).all())
    last, before = (one.restored for one in found[:-3:-1])
    assert last is not None and before is not None
    assert float((last - before).abs().max()) < 1e-2


# codes


def test_surprise_stands_at_the_pixels_of_its_code(codes: CodeEvidence) -> None:
    found = score(CodeSurprise(), codes)
    expected = codes.code_nll.repeat_interleave(4, 1).repeat_interleave(4, 2)[:, None]
    torch.testing.assert_close(found, expected)
    blended = score(CodeSurprise(interpolate=True), codes)
    assert float(blended.max()) <= float(found.max()) and not torch.equal(blended, found)


def restorations(codes: CodeEvidence, threshold: float, count: int) -> Tensor:
    """Restored images by the plain walk, (S, B, 1, H, W)."""
    model = codes.model
    limits = torch.full((3,), threshold, dtype=torch.float64)
    walked = plain_walk(model.prior, codes.indices.flatten(1), limits, uniform_noise(count, 16, 0))
    return torch.stack([model.decode(model.codebook.embed(walked[:, j].view(3, 4, 4))) for j in range(count)])


@pytest.mark.parametrize("weights", ["softmax", "mean"])
def test_restoration_joins_its_residuals(weights: Any, codes: CodeEvidence) -> None:
    predictor = LatentRestoration(restorations=4, weights=weights, minimum=False, mean=False)
    found = steps_of(predictor, codes, Known(code_surprise=1.0))
    restored = restorations(codes, 1.0, 4)
    residuals = (codes.x - restored).abs()
    distance = residuals.mean((2, 3, 4), keepdim=True)
    shares = torch.softmax(3 / distance, 0) if weights == "softmax" else torch.full_like(distance, 0.25)
    torch.testing.assert_close(found[-1].values, (shares * residuals).sum(0))
    torch.testing.assert_close(found[0].values, residuals[0])
    torch.testing.assert_close(found[-1].restored, restored.mean(0))
    assert [one.step for one in found] == [1, 2, 3, 4]


def test_filters_come_last_and_the_minimum_first(codes: CodeEvidence) -> None:
    known = Known(code_surprise=1.0)
    plain = score(LatentRestoration(restorations=2, minimum=False, mean=False), codes, known)
    both = score(LatentRestoration(restorations=2), codes, known)
    torch.testing.assert_close(both, mean_filter(minimum_filter(plain)))


def test_in_a_scan_the_filters_take_in_neighbours(codes: CodeEvidence) -> None:
    known, predictor = Known(code_surprise=1.0), LatentRestoration(restorations=2)
    plain = score(replace(predictor, minimum=False, mean=False), codes, known)
    torch.testing.assert_close(score(predictor.slicewise, codes, known), plain)
    found = predictor.across_slices(plain)
    torch.testing.assert_close(found, mean_filter_3d(minimum_filter_3d(plain)))
    assert not torch.allclose(found, score(predictor, codes, known))
    without = replace(predictor, minimum=False), replace(predictor, mean=False)
    torch.testing.assert_close(without[0].across_slices(plain), mean_filter_3d(plain))
    torch.testing.assert_close(without[1].across_slices(plain), minimum_filter_3d(plain))


def test_without_neighbours_a_scan_is_its_slices(codes: CodeEvidence) -> None:
    predictor, known = LatentRestoration(restorations=2, neighbours=False), Known(code_surprise=1.0)
    alone = score(predictor, codes, known)
    assert predictor.slicewise == predictor and predictor.across_slices(alone) is alone


def test_what_is_known_of_each_image_guides_its_restoration() -> None:
    model = conditioned_vq_vae().double()
    given = Conditions(torch.arange(6) % 3, torch.arange(6) % 5)
    x, known = images(6, 16), Known(code_surprise=1.0)  # more than go through the prior together
    predictor = LatentRestoration(restorations=2)
    together = score(predictor, CodeEvidence(model, x, conditions=given), known)
    for i in (0, 5):
        alone = CodeEvidence(model, x[[i]], conditions=given.rows(torch.tensor([i])))
        torch.testing.assert_close(together[[i]], score(predictor, alone, known))
    assert not torch.allclose(together, score(predictor, CodeEvidence(model, x), known))


def test_a_high_threshold_leaves_the_reconstruction(codes: CodeEvidence) -> None:
    *_, found = LatentRestoration(restorations=3, minimum=False, mean=False).maps(
        codes, Known(code_surprise=99)
    )
    torch.testing.assert_close(found.values, (codes.x - codes.x_hat).abs())
    assert found.changed is not None and not bool(found.changed.any())


def test_changed_is_the_share_of_copies_that_replaced_a_code(codes: CodeEvidence) -> None:
    *_, found = LatentRestoration(restorations=5).maps(codes, Known(code_surprise=0.5))
    assert found.changed is not None and found.changed.shape == codes.indices.shape
    assert 0 < float(found.changed.mean()) < 1
    assert bool(((5 * found.changed).round() / 5 == found.changed).all())


@pytest.mark.parametrize("name", ["latent-restoration", "energy-projection"])
def test_missing_calibration_is_explained(name: str, codes: CodeEvidence) -> None:
    with pytest.raises(ValueError, match=f"{name} needs a calibrated model, got none"):
        score(PREDICTORS[name](), codes)


@pytest.mark.parametrize("name", ["code-surprise", "latent-restoration"])
def test_codes_are_asked_for(name: str, evidence: Evidence) -> None:
    with pytest.raises(ValueError, match="this predictor needs latent codes, which this model does not"):
        score(PREDICTORS[name](), evidence, Known(code_surprise=1.0))


def test_a_threshold_of_nothing_is_refused(codes: CodeEvidence) -> None:
    with pytest.raises(ValueError, match="threshold must be above 0 nats"):
        score(LatentRestoration(), codes, Known(code_surprise=0.0))
    with pytest.raises(ValueError, match=r"level must be in \[0.5, 1\], got 0.0"):
        LatentRestoration(level=0.0)
