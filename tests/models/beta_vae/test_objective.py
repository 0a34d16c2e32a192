"""The training loss against torch's own distributions, and its balance over beta."""

from __future__ import annotations

import math

import pytest
import torch
from torch.distributions import Normal, kl_divergence

from explorer.models.beta_vae.network import BetaVae
from explorer.models.beta_vae.objective import (
    BetaVaeTraining,
    ElboObjective,
    LossBalance,
    draw_betas,
    elbo_terms,
    log_uniform,
)
from explorer.randomness import stream
from tests.support.linear_vae import BETAS, images
from tests.support.tiny import tiny_vae


@pytest.fixture(scope="module")
def model() -> BetaVae:
    return tiny_vae().double()


def noise() -> torch.Tensor:
    return torch.randn(8, 6, generator=torch.Generator().manual_seed(1), dtype=torch.float64)


def test_kl_is_that_of_torch(model: BetaVae) -> None:
    mu, log_var = model.encode(images(8, 28), model.scaled_log(BETAS))
    expected = kl_divergence(Normal(mu, (log_var / 2).exp()), Normal(torch.zeros(()).double(), 1.0)).sum(1)
    torch.testing.assert_close(elbo_terms(model, images(8, 28), BETAS, noise()).kl, expected)


def test_rec_is_the_likelihood_of_a_sample_without_its_constant(model: BetaVae) -> None:
    x, t = images(8, 28), model.scaled_log(BETAS)
    mu, log_var = model.encode(x, t)
    x_hat = model.decode(mu + (log_var / 2).exp() * noise(), t)
    constant = 28**2 * math.log(model.s * math.sqrt(2 * math.pi))
    log_prob = Normal(x_hat, model.s).log_prob(x)  # type: ignore[no-untyped-call]
    expected = -log_prob.sum((1, 2, 3)) - constant
    torch.testing.assert_close(elbo_terms(model, x, BETAS, noise()).rec, expected)


def test_images_of_a_batch_do_not_mix(model: BetaVae) -> None:
    x, drawn = images(8, 28), noise()
    batch = elbo_terms(model, x, BETAS, drawn)
    alone = elbo_terms(model, x[[5]], BETAS[[5]], drawn[[5]])
    torch.testing.assert_close((batch.rec[[5]], batch.kl[[5]]), (alone.rec, alone.kl))


def test_relative_losses_tend_to_one_at_every_beta() -> None:
    balance, generator = LossBalance((0.01, 10.0), bins=8), torch.Generator().manual_seed(0)
    relative, bins = [], []
    for _ in range(600):
        place = torch.rand(32, generator=generator)
        beta = 0.01 * 1000**place
        loss = 100 * beta.sqrt() * (1 + 0.1 * torch.randn(32, generator=generator))
        relative.append(balance(loss, beta))
        bins.append((place * 8).long().clamp(max=7))
    late, where = torch.cat(relative[300:]), torch.cat(bins[300:])
    assert [float(late[where == k].mean()) for k in range(8)] == pytest.approx([1.0] * 8, abs=0.05)


def test_the_first_loss_of_a_bin_is_its_mean() -> None:
    balance = LossBalance((0.01, 10.0))
    assert balance(torch.tensor([3.0, 70.0]), torch.tensor([0.01, 10.0])).tolist() == [1.0, 1.0]


def test_the_balance_passes_the_gradient_of_the_loss_alone() -> None:
    loss = torch.tensor([2.0, 8.0], requires_grad=True)
    balance = LossBalance((0.01, 10.0))
    (gradient,) = torch.autograd.grad(balance(loss, torch.tensor([0.01, 10.0])).sum(), loss)
    assert gradient.tolist() == [0.5, 0.125]


def test_a_range_of_one_beta_is_one_bin() -> None:
    balance = LossBalance((1.0, 1.0))
    balance(torch.tensor([4.0, 6.0]), torch.tensor([1.0, 1.0]))
    assert sorted(balance.means.tolist())[-2:] == [0.0, 5.0]


def places(lean: float, count: int = 1_000_000) -> torch.Tensor:
    """log(beta), scaled to [0, 1], of many draws from 0.01 to 10."""
    betas = draw_betas(count, (0.01, 10.0), lean, torch.Generator().manual_seed(0))
    assert float(betas.min()) >= 0.01 and float(betas.max()) <= 10.0
    return torch.log(betas / 0.01) / math.log(1000)


def test_an_even_density_is_the_log_uniform_draw() -> None:
    one, other = (torch.Generator().manual_seed(3) for _ in range(2))
    drawn = draw_betas(64, (0.01, 10.0), 0.0, one)
    torch.testing.assert_close(drawn, log_uniform(64, 0.01, 10.0, other))


@pytest.mark.parametrize("lean", [0.2, 0.5, 0.8])
def test_the_density_is_as_stated_at_both_ends(lean: float) -> None:
    found = places(lean)
    width = 0.001
    for share, wanted in ((found < width, 1 / (1 + 2 * lean)), (found > 1 - width, 1 / (1 - lean))):
        assert float(share.float().mean()) / width == pytest.approx(wanted, rel=0.05)


def test_one_beta_is_drawn_alone() -> None:
    drawn = draw_betas(5, (2.0, 2.0), 0.5, torch.Generator().manual_seed(0))
    torch.testing.assert_close(drawn, torch.full((5,), 2.0))


@pytest.mark.parametrize("count", [1, 7, 64])
def test_betas_fill_every_stratum_once(count: int) -> None:
    drawn = log_uniform(count, 0.01, 10.0, torch.Generator().manual_seed(0)).double()
    place = (drawn.log() - math.log(0.01)) / math.log(1000)
    assert sorted((place * count).floor().int().tolist()) == list(range(count))
    assert 0.01 * (1 - 1e-6) <= float(drawn.min()) <= float(drawn.max()) <= 10 * (1 + 1e-6)


def test_the_order_of_betas_is_drawn() -> None:
    generator = torch.Generator().manual_seed(0)
    first, second = (log_uniform(16, 0.01, 10.0, generator).argsort() for _ in range(2))
    assert not torch.equal(first, second)


def test_one_beta_stays_one() -> None:
    drawn = log_uniform(5, 0.7, 0.7, torch.Generator().manual_seed(0))
    torch.testing.assert_close(drawn, torch.full((5,), 0.7))


def test_the_objective_descends_rec_plus_beta_kl_relative_to_its_mean_at_each_beta() -> None:
    x, model, settings = images(8, 28).float(), tiny_vae(), BetaVaeTraining(beta_lean=0.4)
    objective, balance = ElboObjective(model, settings), LossBalance(model.beta_range)
    for step in range(3):  # the means move
        found = objective.loss(x, stream(step, "loss"))
        generator = stream(step, "loss")
        beta = draw_betas(8, model.beta_range, 0.4, generator)
        terms = elbo_terms(model, x, beta, torch.randn(8, 6, generator=generator))
        losses = terms.rec + beta * terms.kl
        assert float(terms.kl.mean()) > 1 and float(beta.max()) > 5 * float(beta.min())
        torch.testing.assert_close(found.shown, losses.mean())
        torch.testing.assert_close(found.descended, balance(losses, beta).mean())
    torch.testing.assert_close(objective.state()["balance"], balance.means)


def test_the_gradient_descended_is_that_of_the_relative_loss() -> None:
    network = tiny_vae().requires_grad_(True)
    x = images(8, 28).float()
    objective = ElboObjective(network, BetaVaeTraining())
    objective.loss(x, stream(0, "loss"))
    means = objective.balance.means.clone()
    weight = network.to_latents.weight
    (found,) = torch.autograd.grad(objective.loss(x, stream(1, "loss")).descended, weight)
    generator = stream(1, "loss")
    beta = draw_betas(8, network.beta_range, 0.0, generator)
    terms = elbo_terms(network, x, beta, torch.randn(8, 6, generator=generator))
    balance = LossBalance(network.beta_range)
    balance.means = means
    losses = terms.rec + beta * terms.kl
    (expected,) = torch.autograd.grad((losses / (losses / balance(losses, beta)).detach()).mean(), weight)
    torch.testing.assert_close(found, expected)


def test_only_gates_learn_at_another_pace(model: BetaVae) -> None:
    objective = ElboObjective(model, BetaVaeTraining(gate_pace=7.0))
    paces = {name: objective.pace(name) for name, _ in model.named_parameters()}
    assert {name for name, pace in paces.items() if pace == 7.0} == {name for name in paces if "gate" in name}
    assert set(paces.values()) == {1.0, 7.0}
