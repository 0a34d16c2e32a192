"""The loss of a context-encoding VAE: which half sees what, and how the halves are weighed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from explorer.models.beta_vae.network import BetaVae
from explorer.models.beta_vae.objective import ElboObjective, draw_betas, elbo_terms
from explorer.models.context_vae.damage import Damage
from explorer.models.context_vae.network import ContextVae
from explorer.models.context_vae.objective import ContextObjective, ContextVaeTraining
from explorer.randomness import stream
from tests.support.linear_vae import images
from tests.support.tiny import tiny_vae


def dark(x: Tensor, generator: torch.Generator) -> Tensor:
    """A damage that needs no draw."""
    return x / 2


@pytest.fixture
def objective(monkeypatch: pytest.MonkeyPatch) -> ContextObjective:
    monkeypatch.setattr(Damage, "__call__", lambda self, x, generator: dark(x, generator))
    return ContextObjective(tiny_vae(), ContextVaeTraining(beta_lean=0.4))


def test_whole_images_pay_the_elbo_and_damaged_ones_the_way_back_alone(objective: ContextObjective) -> None:
    model, x = objective.model, images(8, 28).float()
    for step in range(3):  # the means move
        found = objective.loss(x, stream(step, "loss"))
        generator = stream(step, "loss")
        beta = torch.cat([draw_betas(4, model.beta_range, 0.4, generator) for _ in range(2)])
        noise = torch.randn(8, 6, generator=generator)
        whole = elbo_terms(model, x[:4], beta[:4], noise[:4])
        t = model.scaled_log(beta[4:])
        mu, log_var = model.encode(x[4:] / 2, t)
        x_hat = model.decode(mu + (log_var / 2).exp() * noise[4:], t)
        mended = (x[4:] - x_hat).square().sum((1, 2, 3)) / (2 * model.s**2)
        losses = torch.cat([whole.rec + beta[:4] * whole.kl, mended])
        torch.testing.assert_close(found.shown, losses.mean())


def test_each_half_counts_as_much_however_large_its_loss() -> None:
    objective, x = ContextObjective(tiny_vae(), ContextVaeTraining()), images(64, 28).float()
    x[:32] = objective.model.mean  # as the network draws by itself
    for step in range(60):
        found = objective.loss(x, stream(step, "loss"))
    assert float(found.descended) == pytest.approx(1, abs=0.1)
    ratio = objective.damaged_balance.means / objective.balance.means
    assert float(ratio.max()) > 1.5


def test_the_state_holds_both_balances() -> None:
    x = images(8, 28).float()
    objective, other = (ContextObjective(tiny_vae(), ContextVaeTraining()) for _ in range(2))
    objective.loss(x, stream(0, "loss"))
    other.load(objective.state())
    assert torch.equal(other.balance.means, objective.balance.means)
    assert torch.equal(other.damaged_balance.means, objective.damaged_balance.means)
    assert not torch.equal(other.balance.means, other.damaged_balance.means)


def test_without_damage_and_kl_halves_are_alike() -> None:
    """A damage of strength zero leaves the reconstruction term of a plain VAE on all images."""
    model, x = tiny_vae(), images(8, 28).float()
    objective = ContextObjective(model, ContextVaeTraining(damage=Damage(strength=0.0)))
    seen: list[Tensor] = []
    encode: Callable[..., tuple[Tensor, Tensor]] = model.encode
    model.encode = lambda x, t: seen.append(x) or encode(x, t)  # type: ignore[method-assign,func-returns-value]
    objective.loss(x, stream(0, "loss"))
    assert torch.equal(seen[0], x)


def test_a_single_image_stays_whole() -> None:
    found = ContextObjective(tiny_vae(), ContextVaeTraining()).loss(images(1, 28).float(), stream(0, "loss"))
    assert float(found.descended) == 1.0


def test_the_network_is_that_of_the_plain_vae() -> None:
    plain, ours = BetaVae(**BetaVae.example), ContextVae(**ContextVae.example)
    assert [(n, v.shape) for n, v in plain.state_dict().items()] == [
        (n, v.shape) for n, v in ours.state_dict().items()
    ]
    (stage,) = ours.stages(ContextVaeTraining())
    made = stage.objective()
    assert isinstance(made, ContextObjective) and made.pace("down_gates.0.outer.weight") == 20.0
    assert type(plain.stages(ContextVaeTraining())[0].objective()) is ElboObjective


def test_it_says_what_it_was_trained_against() -> None:
    quiet = ContextVaeTraining(damage=Damage(blobs=0))
    assert ContextVae.trained_against(quiet) == {"noise": "coarse noise"}
    assert BetaVae.trained_against(None) == {}
