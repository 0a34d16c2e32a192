"""A linear VAE that heeds its beta, as a family of models to be thrown away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from explorer.contracts import VaeOutput
from explorer.evidence import VaeEvidence
from explorer.models.base import MODELS, Loss, Network, Objective, Stage
from explorer.settings import check_settings, setting


@dataclass(frozen=True)
class Training:
    """What a recipe may say under `[training]`."""

    weight: float = setting(1.0, "of the KL term", minimum=0, maximum=10)

    def __post_init__(self) -> None:
        check_settings(self)


@MODELS.register("a-throwaway")
class LinearVae(Network):
    """mu = W x / (1 + beta), log_var a constant, x_hat = D mu + d."""

    evidence = VaeEvidence
    training_settings = Training
    example = {"image_size": 16, "latents": 4, "beta_min": 0.1, "beta_max": 10.0}

    def __init__(self, image_size: int, latents: int, *, beta_min: float, beta_max: float) -> None:
        super().__init__()
        self.image_size, self.s, self.beta_range = image_size, 0.5, (beta_min, beta_max)
        self.encoder = nn.Linear(image_size**2, latents)
        self.decoder = nn.Linear(latents, image_size**2)
        self.log_var = nn.Parameter(torch.zeros(latents))

    def forward(self, x: Tensor, beta: Tensor) -> VaeOutput:
        mu = self.encoder(x.flatten(1)) / (1 + beta[:, None])
        return VaeOutput(mu, self.log_var.expand_as(mu), self.decoder(mu).view_as(x))

    def stages(self, settings: Training) -> Sequence[Stage]:
        return [Stage(lambda: Elbo(self, settings))]

    @classmethod
    def at_one_beta(cls, settings: Mapping[str, Any], beta: float) -> dict[str, Any]:
        return {**settings, "beta_min": beta, "beta_max": beta}


class Elbo(Objective):
    """rec + weight kl at the smallest beta, at z = mu."""

    def __init__(self, model: LinearVae, settings: Training) -> None:
        self.model: LinearVae = model
        self.settings = settings

    def loss(self, x: Tensor, generator: torch.Generator) -> Loss:
        out = self.model(x, torch.full((len(x),), self.model.beta_range[0], device=x.device))
        rec = (x - out.x_hat).square().sum((1, 2, 3)) / (2 * self.model.s**2)
        kl = 0.5 * (out.mu.square() + out.log_var.exp() - out.log_var - 1).sum(1)
        loss = (rec + self.settings.weight * kl).mean()
        return Loss(loss, loss.detach())
