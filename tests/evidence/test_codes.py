"""The evidence of a VQ-VAE against its formulas, and which evidence a model gets."""

from __future__ import annotations

from unittest.mock import Mock

import pytest
import torch

from explorer.contracts import UNKNOWN, Conditions
from explorer.evidence import CodeEvidence, VaeEvidence, observe, parts_of
from explorer.evidence.codes import perplexity
from explorer.models.vq_vae.network import VqVae
from tests.support.linear_vae import LinearVae, images
from tests.support.tiny_codes import conditioned_vq_vae, tiny_vq_vae

X = images(3, 16)


@pytest.fixture(scope="module")
def model() -> VqVae:
    return tiny_vq_vae().double()


@pytest.fixture
def evidence(model: VqVae) -> CodeEvidence:
    return CodeEvidence(model, X, scoring_beta=0.5)


def test_terms_match_their_formulas(model: VqVae, evidence: CodeEvidence) -> None:
    x_hat, indices = model(X)
    logits = model.prior(indices.flatten(1))
    chosen = torch.log_softmax(logits, 2).gather(2, indices.flatten(1)[:, :, None])
    torch.testing.assert_close(evidence.rec, (X - x_hat).square().sum((1, 2, 3)) / (2 * 0.5**2))
    torch.testing.assert_close(evidence.kl, -chosen.sum((1, 2)))
    torch.testing.assert_close(evidence.elbo, evidence.rec + 0.5 * evidence.kl)
    torch.testing.assert_close(evidence.code_nll.flatten(1), -chosen[:, :, 0])
    assert torch.equal(evidence.indices, indices)


def test_the_gradient_goes_straight_through_the_codes(model: VqVae, evidence: CodeEvidence) -> None:
    x = X.clone().requires_grad_()
    (expected,) = torch.autograd.grad((x - model(x)[0]).square().sum() / (2 * 0.5**2), x)
    torch.testing.assert_close(evidence.grad_rec, expected)
    assert not torch.allclose(evidence.grad_rec, (X - evidence.x_hat) / 0.5**2)


def test_parts_are_computed_once(evidence: CodeEvidence, monkeypatch: pytest.MonkeyPatch) -> None:
    prior = Mock(wraps=evidence.model.prior.nll)
    monkeypatch.setattr(evidence.model.prior, "nll", prior)
    torch.testing.assert_close(evidence.rescored(2.0).kl, evidence.code_nll.sum((1, 2)))
    assert prior.call_count == 1
    assert evidence.indices is evidence.indices
    assert all(not part.requires_grad for part in (evidence.x_hat, evidence.code_nll, evidence.grad_rec))


def test_another_image_is_passed_on_its_own(evidence: CodeEvidence) -> None:
    other = images(2, 16, seed=5)
    found = evidence.elsewhere(other, torch.tensor([2, 0]))
    expected = CodeEvidence(evidence.model, other)
    torch.testing.assert_close(found.parts["x_hat"], expected.x_hat)
    torch.testing.assert_close(found.gradient("rec"), expected.grad_rec)


def test_what_codes_do_not_have_is_said(evidence: CodeEvidence) -> None:
    known = "code_nll, grad_rec, indices, x_hat"
    with pytest.raises(ValueError, match=f"this model has no grad_kl, it has {known}; choose another model"):
        _ = evidence.grad_kl


def test_wrong_images_and_betas_are_refused(model: VqVae) -> None:
    with pytest.raises(ValueError, match="x must be finite, got NaN"):
        CodeEvidence(model, X.where(X > 0.1, torch.nan))
    with pytest.raises(ValueError, match="x must have 16 x 16 pixels for this model, got 8 x 8"):
        CodeEvidence(model, images(1, 8))
    with pytest.raises(ValueError, match=r"beta must be in \[1, 1\], got 0.5"):
        CodeEvidence(model, X, 0.5)


def test_the_prior_is_told_what_is_known_of_each_image() -> None:
    model = conditioned_vq_vae().double()
    known = Conditions(torch.tensor([0, 2, UNKNOWN]), torch.tensor([UNKNOWN, 4, 1]))
    found = observe(model, X, 1.0, conditions=known)
    assert isinstance(found, CodeEvidence)
    expected = model.prior.nll(found.indices.flatten(1), known)
    torch.testing.assert_close(found.code_nll.flatten(1), expected)
    torch.testing.assert_close(found.kl, expected.sum(1))
    assert not torch.allclose(found.code_nll, observe(model, X, 1.0).code_nll)  # type: ignore[attr-defined]
    torch.testing.assert_close(found.x_hat, observe(model, X, 1.0).x_hat)


def test_conditions_must_be_those_of_the_images(model: VqVae) -> None:
    with pytest.raises(ValueError, match="conditions must be of 3 images, got 2 contrasts and 2 positions"):
        observe(model, X, 1.0, conditions=Conditions.unknown(2))


def test_a_model_gets_the_evidence_of_its_kind(model: VqVae) -> None:
    assert isinstance(observe(model, X, 1.0), CodeEvidence)
    assert type(observe(LinearVae(), images(), 1.0)) is VaeEvidence
    assert parts_of(model) == {"x_hat", "grad_rec", "indices", "code_nll"}
    assert parts_of(LinearVae()) == {"x_hat", "grad_rec", "grad_kl"}


def test_perplexity_counts_the_codes_in_use() -> None:
    assert perplexity(torch.tensor([1.0, 1, 1, 0, 1, 1, 1])) == pytest.approx(6)
    assert perplexity(torch.tensor([0.0, 3])) == pytest.approx(1)
    assert perplexity(torch.tensor([1.0, 3])) == pytest.approx(4 / 27**0.25, rel=1e-6)


def test_figures_for_the_card_come_from_totals_of_batches(evidence: CodeEvidence, model: VqVae) -> None:
    totals = [CodeEvidence(model, part).totals() for part in torch.split(X, 2)]
    joined = {name: totals[0][name] + totals[1][name] for name in totals[0]}
    found = CodeEvidence.means(joined, 3)
    assert found["rec"] == pytest.approx(float(evidence.rec.mean()))
    assert found["kl"] == pytest.approx(float(evidence.kl.mean()))
    assert found["code_nll"] == pytest.approx(float(evidence.code_nll.mean()))
    assert found["perplexity"] == pytest.approx(perplexity(evidence.indices.flatten().bincount().double()))
