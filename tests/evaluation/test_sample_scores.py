"""Sample scores: what each model has, and the surprise above its threshold."""

from __future__ import annotations

import pytest
import torch

from explorer.evaluation.calibrating import calibrate
from explorer.evaluation.calibration import Calibration
from explorer.evaluation.sample_scores import (
    SURPRISE,
    sample_score_names,
    sample_scores,
    total_surprise,
)
from explorer.evidence import CodeEvidence, VaeEvidence
from explorer.models.vq_vae.network import VqVae
from explorer.predictors.code_surprise import CodeSurprise
from tests.support.linear_vae import LinearVae, images
from tests.support.tiny_codes import tiny_vq_vae


@pytest.fixture(scope="module")
def model() -> VqVae:
    return tiny_vq_vae()


@pytest.fixture(scope="module")
def calibration(model: VqVae) -> Calibration:
    healthy = images(20, 16, seed=7).float()
    counted = torch.ones_like(healthy, dtype=torch.bool)
    return calibrate(model, healthy, counted, [1.0], predictors=[CodeSurprise()])


def test_a_vae_has_the_terms_of_its_loss() -> None:
    evidence = VaeEvidence(LinearVae(), images(), 0.5, scoring_beta=2.0)
    found = sample_scores(evidence, LinearVae(), None)
    assert tuple(found) == sample_score_names(LinearVae()) == ("rec", "kl", "elbo")
    torch.testing.assert_close(found["elbo"], found["rec"] + 2.0 * found["kl"])


def test_surprise_sums_what_lies_above_the_healthy_threshold(model: VqVae, calibration: Calibration) -> None:
    evidence = CodeEvidence(model, images(4, 16).float())
    found = sample_scores(evidence, model, calibration)
    assert tuple(found) == sample_score_names(model) == ("rec", "kl", "elbo", "code-surprise")
    threshold = float(calibration.quantile("code-surprise", 1.0, 0.98))
    expected = [sum(nll for nll in one if nll > threshold) for one in evidence.code_nll.flatten(1).tolist()]
    assert found["code-surprise"].tolist() == pytest.approx(expected)


def test_healthy_images_have_their_own_range(model: VqVae, calibration: Calibration) -> None:
    healthy = CodeEvidence(model, images(20, 16, seed=7).float())
    sums = total_surprise(healthy, calibration)
    ends = [float(calibration.quantile(SURPRISE, 1.0, level)) for level in (0.0, 1.0)]
    assert ends == pytest.approx([float(sums.min()), float(sums.max())], rel=1e-3)


def test_surprise_needs_a_calibration(model: VqVae) -> None:
    with pytest.raises(ValueError, match="code-surprise needs a calibrated model, got none"):
        sample_scores(CodeEvidence(model, images(1, 16).float()), model, None)
