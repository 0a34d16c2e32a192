"""The training loss of a beta-conditional VAE and its balance over beta.

loss(beta) = rec + beta kl per image, in nats (METHODS: sums over pixels and latents, z drawn from q(z|x)).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from explorer.models.base import Loss, Objective
from explorer.settings import check_settings, setting

if TYPE_CHECKING:  # the network names this objective
    from explorer.models.beta_vae.network import BetaVae


@dataclass(frozen=True)
class BetaVaeTraining:
    """What a recipe may say under `[training]`."""

    beta_lean: float = setting(
        0.0, "how far the training betas lean to the large end, see `draw_betas`", minimum=0, below=1
    )
    gate_pace: float = setting(
        20.0,
        "how many times faster than the rest the gates on beta learn; they are few, and far from their final "
        "values at the start",
        minimum=1e-12,
    )

    def __post_init__(self) -> None:
        check_settings(self)


@dataclass(frozen=True, eq=False)
class Terms:
    """Per-image terms, nats, (B,) each: `rec` = sum (x - x_hat)^2 / (2 s^2), `kl` = KL(q(z|x) || N(0, I))."""

    rec: Tensor
    kl: Tensor


def elbo_terms(model: BetaVae, x: Tensor, beta: Tensor, noise: Tensor, target: Tensor | None = None) -> Terms:
    """One training pass: z = mu + exp(log_var / 2) noise.

    Args:
        model: the network.
        x: images, (B, 1, H, W), float32 in [0, 1].
        beta: training beta of each image, (B,).
        noise: standard normal, (B, D).
        target: images that `rec` compares x_hat with, (B, 1, H, W); None: `x`.
    """
    t = model.scaled_log(beta)
    mu, log_var = model.encode(x, t)
    x_hat = model.decode(mu + torch.exp(log_var / 2) * noise, t)
    rec = ((x if target is None else target) - x_hat).square().flatten(1).sum(1) / (2 * model.s**2)
    kl = 0.5 * (mu.square() + log_var.exp() - log_var - 1).sum(1)
    return Terms(rec, kl)


def draw_betas(
    count: int, beta_range: tuple[float, float], lean: float, generator: torch.Generator
) -> Tensor:
    """Training betas, (count,), one in each of `count` equally likely strata, shuffled.

    log(beta) is spread over its range as (1 - lean) u + lean (1 - (1 - u)^3), u even on [0, 1]: at the small
    end with 1 / (1 + 2 lean) of the even density, at the large end with 1 / (1 - lean). The network learns
    the large end more slowly, where few latents are worth their KL.

    Args:
        count: how many.
        beta_range: smallest and largest beta.
        lean: towards the large end, in [0, 1); 0: even.
        generator: of the draw.
    """
    low, high = beta_range
    span = math.log(high / low)
    u = torch.log(log_uniform(count, low, high, generator) / low) / max(span, 1e-6)
    place = (1 - lean) * u + lean * (1 - (1 - u) ** 3)
    return (low * torch.exp(place * span)).clamp(low, high)


def log_uniform(count: int, low: float, high: float, generator: torch.Generator) -> Tensor:
    """`count` log-uniform draws from [low, high], one in each of `count` equal strata, shuffled."""
    strata = (torch.randperm(count, generator=generator) + torch.rand(count, generator=generator)) / count
    return torch.exp(math.log(low) + (math.log(high) - math.log(low)) * strata)


class LossBalance:
    """Divides each image's loss by the running mean of the loss at its beta.

    Losses at the two ends of the range differ tenfold; left alone, the large ones would take most of the
    gradient. After the division a step lowers the relative loss evenly over log(beta).

    Args:
        beta_range: smallest and largest beta.
        bins: bins of log(beta) that keep a mean each.
        memory: weight of the past in the running mean, per step.
    """

    def __init__(self, beta_range: tuple[float, float], bins: int = 16, memory: float = 0.98) -> None:
        self.low = math.log(beta_range[0])
        self.span = max(math.log(beta_range[1]) - self.low, 1e-6)
        self.memory = memory
        self.means = torch.zeros(bins)

    def __call__(self, loss: Tensor, beta: Tensor) -> Tensor:
        """Relative loss, (B,), for `loss`, (B,), at `beta`, (B,); updates the means."""
        bins = len(self.means)
        which = ((torch.log(beta) - self.low) / self.span * bins).long().clamp(0, bins - 1).cpu()
        detached = loss.detach().float().cpu()
        count = torch.zeros(bins).scatter_add(0, which, torch.ones(len(which)))
        total = torch.zeros(bins).scatter_add(0, which, detached)
        seen = count > 0
        fresh = torch.where(seen, total / count.clamp(min=1), self.means)
        started = self.means > 0
        self.means = torch.where(seen & started, self.memory * self.means + (1 - self.memory) * fresh, fresh)
        return loss / self.means[which].to(loss.device)


class ElboObjective(Objective):
    """Descends rec + beta kl, relative to its mean at each beta; shows it as it is, in nats."""

    def __init__(self, model: BetaVae, settings: BetaVaeTraining) -> None:
        self.model: BetaVae = model
        self.settings = settings
        self.balance = LossBalance(model.beta_range)

    def loss(self, x: Tensor, generator: torch.Generator) -> Loss:
        beta = draw_betas(len(x), self.model.beta_range, self.settings.beta_lean, generator).to(x.device)
        noise = torch.randn(len(x), self.model.latents, generator=generator).to(x.device)
        terms = elbo_terms(self.model, x, beta, noise)
        loss = terms.rec + beta * terms.kl
        return Loss(self.balance(loss, beta).mean(), loss.detach().mean())

    def pace(self, name: str) -> float:
        return self.settings.gate_pace if "gate" in name else 1.0

    def state(self) -> dict[str, Tensor]:
        return {"balance": self.balance.means}

    def load(self, state: Mapping[str, Tensor]) -> None:
        self.balance.means = state["balance"]
