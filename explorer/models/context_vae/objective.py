"""The training loss of a context-encoding VAE.

Zimmerer et al., 2018, arXiv 1812.05941: half of a batch stays whole, with the loss of a VAE, rec(x, x_hat(x))
+ beta kl(x); the other half is damaged and must come out whole, rec(x, x_hat(damage(x))), with no word on its
latents: the KL term sees whole images only, and so stays a sign of what is not healthy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from explorer.models.base import Loss
from explorer.models.beta_vae.objective import (
    BetaVaeTraining,
    ElboObjective,
    LossBalance,
    draw_betas,
    elbo_terms,
)
from explorer.models.context_vae.damage import Damage

if TYPE_CHECKING:  # the network names this objective
    from explorer.models.beta_vae.network import BetaVae


@dataclass(frozen=True)
class ContextVaeTraining(BetaVaeTraining):
    """What a recipe may say under `[training]`."""

    damage: Damage = field(default_factory=Damage)


class ContextObjective(ElboObjective):
    """Descends both halves, each relative to its own mean at each beta; shows their mean in nats.

    Each half has a balance of its own, so that both have the same share of the gradient at every beta, though
    their losses differ: damaged images pay more at the smallest beta, whole ones at the largest. In a short
    trial a balance for both together was no better at small betas, and at the largest drew healthy images
    less well.
    """

    def __init__(self, model: BetaVae, settings: ContextVaeTraining) -> None:
        super().__init__(model, settings)
        self.damage = settings.damage
        self.damaged_balance = LossBalance(model.beta_range)

    def loss(self, x: Tensor, generator: torch.Generator) -> Loss:
        count, damaged = len(x), len(x) // 2
        whole = count - damaged
        beta = torch.cat([self._betas(whole, generator), self._betas(damaged, generator)]).to(x.device)
        noise = torch.randn(count, self.model.latents, generator=generator).to(x.device)
        with torch.autocast(x.device.type, enabled=False):
            seen = torch.cat([x[:whole], self.damage(x[whole:], generator)])
        terms = elbo_terms(self.model, seen, beta, noise, x)
        healthy = terms.rec[:whole] + beta[:whole] * terms.kl[:whole]
        mended = terms.rec[whole:]
        relative = self.balance(healthy, beta[:whole]), self.damaged_balance(mended, beta[whole:])
        return Loss(torch.cat(relative).mean(), torch.cat([healthy, mended]).detach().mean())

    def _betas(self, count: int, generator: torch.Generator) -> Tensor:
        return draw_betas(count, self.model.beta_range, self.settings.beta_lean, generator)

    def state(self) -> dict[str, Tensor]:
        return super().state() | {"damaged_balance": self.damaged_balance.means}

    def load(self, state: Mapping[str, Tensor]) -> None:
        super().load(state)
        self.damaged_balance.means = state["damaged_balance"]
