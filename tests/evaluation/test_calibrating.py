"""How healthy scores are gathered: quantiles against the scores themselves."""

from __future__ import annotations

import dataclasses

import pytest
import torch
from torch import Tensor

from explorer.contracts import Conditions
from explorer.evaluation.calibrating import FEW_SLICES, calibrate, spaced, supplemented
from explorer.evaluation.calibration import LEVELS, REC, Calibration
from explorer.evaluation.members import HealthySlices
from explorer.evidence import CodeEvidence, VaeEvidence
from explorer.predictors import PREDICTORS, healthy_name, predictors_for, score
from explorer.predictors.code_surprise import CodeSurprise
from explorer.predictors.ensemble import Ensemble
from explorer.predictors.reconstruction_error import ReconstructionError
from tests.support.linear_vae import LinearVae, images
from tests.support.tiny_codes import conditioned_vq_vae

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def healthy() -> tuple[LinearVae, Tensor, Tensor, Calibration]:
    """A model, 20 images with their foregrounds, and the calibration on them at two betas."""
    model, x = LinearVae(), images(20, seed=3)
    foreground = torch.zeros_like(x, dtype=torch.bool)
    foreground[..., 1:-1, 2:-1] = True
    return model, x, foreground, calibrate(model, x, foreground, [0.1, 2.0], batch_size=6)


def test_calibrate_covers_every_predictor(healthy: tuple[LinearVae, Tensor, Tensor, Calibration]) -> None:
    calibration = healthy[3]
    beside = {"intensity:sigma=1.0", "reconstruction-error:sign=brighter,tolerance=3,sigma=1.0"}
    assert set(calibration.quantiles) == {REC, *predictors_for(healthy[0]), *beside}
    assert calibration.levels.tolist() == list(LEVELS) and calibration.betas.tolist() == [0.1, 2.0]
    assert all(rows.shape == (2, len(LEVELS)) for rows in calibration.quantiles.values())


@pytest.mark.parametrize("name", predictors_for(LinearVae()))
def test_calibrate_finds_the_quantiles_of_foreground_scores(
    name: str, healthy: tuple[LinearVae, Tensor, Tensor, Calibration]
) -> None:
    model, x, foreground, calibration = healthy
    for beta, row in zip((0.1, 2.0), calibration.quantiles[name], strict=True):
        scores = score(PREDICTORS[name](), VaeEvidence(model, x, beta), calibration)[foreground]
        expected = torch.quantile(scores, torch.tensor(LEVELS, dtype=torch.float64), interpolation="higher")
        lower = torch.quantile(scores, torch.tensor(LEVELS, dtype=torch.float64), interpolation="lower")
        assert bool((row <= expected * (1 + 1e-6)).all()) and bool((row >= lower * (1 - 1e-3)).all())


def test_calibrate_keeps_the_reconstruction_terms_of_images(
    healthy: tuple[LinearVae, Tensor, Tensor, Calibration],
) -> None:
    model, x, _, calibration = healthy
    rec = VaeEvidence(model, x, 2.0).rec
    assert float(calibration.quantile(REC, 2.0, 0.0)) == pytest.approx(float(rec.min()), rel=1e-3)
    assert float(calibration.quantile(REC, 2.0, 1.0)) == pytest.approx(float(rec.max()), rel=1e-3)


def test_calibrate_hands_on_what_is_given(healthy: tuple[LinearVae, Tensor, Tensor, Calibration]) -> None:
    model, x, foreground, calibration = healthy
    few = calibrate(model, x, foreground, [0.1, 2.0], predictors=[Ensemble()], given=calibration)
    assert set(few.quantiles) == {REC, "ensemble"}
    torch.testing.assert_close(
        few.quantiles["ensemble"], calibration.quantiles["ensemble"], rtol=3e-4, atol=1e-6
    )


def test_calibrate_refuses_a_predictor_that_does_not_fit() -> None:
    x = images(2)
    with pytest.raises(ValueError, match="predictor 'code-surprise' needs indices, code_nll"):
        predictors = [PREDICTORS["code-surprise"]()]
        calibrate(LinearVae(), x, torch.ones_like(x, dtype=torch.bool), [1.0], predictors=predictors)


def test_calibrate_does_not_depend_on_the_batches(
    healthy: tuple[LinearVae, Tensor, Tensor, Calibration],
) -> None:
    model, x, foreground, calibration = healthy
    again = calibrate(model, x, foreground, [0.1, 2.0], batch_size=20)
    for name, rows in calibration.quantiles.items():
        torch.testing.assert_close(again.quantiles[name], rows, rtol=3e-4, atol=1e-6)


def test_calibrate_refuses_what_it_cannot_count() -> None:
    x = images(2)
    with pytest.raises(ValueError, match="foregrounds must have the shape of images"):
        calibrate(LinearVae(), x, torch.ones(2, 1, 4, 4, dtype=torch.bool), [1.0])
    with pytest.raises(ValueError, match="at least one pixel"):
        calibrate(LinearVae(), x, torch.zeros_like(x, dtype=torch.bool), [1.0])


def test_calibrate_knows_what_is_known_of_the_images() -> None:
    model, x = conditioned_vq_vae(), images(7, 16).float()
    known = Conditions(torch.arange(7) % 3, torch.arange(7) % 5)
    counted = torch.ones_like(x, dtype=torch.bool)
    told, untold = (
        calibrate(model, x, counted, [1.0], batch_size=3, predictors=[CodeSurprise()], conditions=given)
        for given in (known, None)
    )
    highest = CodeEvidence(model, x, conditions=known).code_nll.max()
    assert float(told.quantile("code-surprise", 1.0, 1.0)) == pytest.approx(float(highest), rel=1e-3)
    assert not torch.allclose(told.quantiles["code-surprise"], untold.quantiles["code-surprise"])


def few(count: int) -> HealthySlices:
    """Other healthy images, of which all pixels count."""
    x = images(count, seed=5)
    return HealthySlices(x, torch.ones_like(x, dtype=torch.bool), Conditions.unknown(count))


def test_what_an_ensemble_compares_with_is_gathered_from_a_few_slices(
    healthy: tuple[LinearVae, Tensor, Tensor, Calibration],
) -> None:
    model, _, _, calibration = healthy
    residual = ReconstructionError(sign="darker", sigma=2)
    ensemble = Ensemble(members="intensity,reconstruction-error:sign=darker:sigma=2")
    found = supplemented(calibration, model, [ensemble], few, CPU)
    assert found is not None and set(found.quantiles) == {*calibration.quantiles, healthy_name(residual)}
    scores = score(residual, VaeEvidence(model, few(FEW_SLICES).images, 0.1))
    assert float(found.quantile(healthy_name(residual), 0.1, 1.0)) == pytest.approx(
        float(scores.max()), rel=1e-3
    )
    assert supplemented(found, model, [ensemble], lambda count: pytest.fail("known"), CPU) is found
    assert supplemented(None, model, [ensemble], few, CPU) is None


def test_what_takes_many_passes_is_left_to_the_command(
    healthy: tuple[LinearVae, Tensor, Tensor, Calibration],
) -> None:
    model, _, _, calibration = healthy
    slow = Ensemble(members="map-restoration:steps=2")
    assert supplemented(calibration, model, [slow], few, CPU) is calibration
    with pytest.raises(ValueError, match="explorer calibrate MODEL --predictor map-restoration:steps=2"):
        score(slow, VaeEvidence(model, images(2), 1.0), calibration)


def test_another_seed_is_no_other_predictor() -> None:
    noisy = PREDICTORS["kl-gradient"](copies=2)  # type: ignore[call-arg]
    assert healthy_name(dataclasses.replace(noisy, seed=7)) == "kl-gradient:copies=2"  # type: ignore[call-arg]


def test_nodes_run_in_equal_ratios() -> None:
    assert spaced(0.01, 10.0, 2) == pytest.approx([10 ** (k / 2) for k in range(-4, 3)])
    assert spaced(2.0, 2.0, 2) == (2.0,) and spaced(1.0, 1.1, 2) == pytest.approx((1.0, 1.1))
