"""A convolutional VAE conditioned on its training beta.

Architecture: strided 4x4 convolutions and a linear layer (a full-size convolution) to the latents, mirrored
in the decoder, with a linear output, after Zimmerer, Isensee, Petersen, Kohl and Maier-Hein: Unsupervised
Anomaly Localization using Variational Auto-Encoders, 2019, arXiv 1907.02796. Conditioning on beta: see
`gates`. *Differs from the paper*: a second group of latents may sit on a grid; see `local_latents`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from explorer.contracts import VaeOutput
from explorer.evidence import VaeEvidence
from explorer.models.base import MODELS, Network, Stage
from explorer.models.beta_vae.objective import BetaVaeTraining, ElboObjective
from explorer.models.layers.gates import BetaGate, BetaMixture
from explorer.models.layers.local_latents import LocalLatents
from explorer.models.layers.precision import at_least_float32


@MODELS.register("beta-vae")
class BetaVae(Network):
    """VAE with Gaussian q(z|x) = N(mu, diag exp(log_var)) and p(x|z) = N(x_hat, s^2 I).

    Args:
        image_size: height and width of the images, pixels; divisible by 2 once per width.
        widths: channels after each halving, first to last.
        latents: of the whole image.
        s: standard deviation of p(x|z).
        beta_min: smallest training beta.
        beta_max: largest training beta.
        local_latents: further latents in each cell of a grid; 0: none.
        local_depth: halvings from the image to that grid, at least 1 and fewer than there are widths.
        experts: linear maps to and from the latents that are mixed by beta; see `BetaMixture`.
        mean: the value subtracted from an image at the network's entrance and added at its exit.
        scale: the factor applied after that subtraction.

    Attributes:
        latents: dimension D of z, those of the whole image first.
    """

    evidence = VaeEvidence
    training_settings = BetaVaeTraining
    example = {
        "image_size": 16, "widths": [4, 8], "latents": 6, "s": 0.5, "beta_min": 0.01, "beta_max": 10.0,
        "local_latents": 2, "experts": 2, "mean": 0.3, "scale": 2.0,
    }  # fmt: skip

    def __init__(
        self,
        image_size: int,
        widths: Sequence[int],
        latents: int,
        *,
        s: float,
        beta_min: float,
        beta_max: float,
        local_latents: int = 0,
        local_depth: int = 1,
        experts: int = 1,
        mean: float = 0.0,
        scale: float = 1.0,
    ) -> None:
        super().__init__()
        if image_size % 2 ** len(widths):
            raise ValueError(f"image_size must be divisible by {2 ** len(widths)}, got {image_size}")
        if image_size < 1 or 0 in (latents, *widths):
            raise ValueError("image_size, latents and widths must be above 0")
        if not s > 0 or scale == 0:
            raise ValueError(f"s must be above 0 and scale not 0, got {s} and {scale}")
        if local_latents < 0 or (local_latents and not 1 <= local_depth < len(widths)):
            raise ValueError(
                f"local_latents must be at least 0 and local_depth in [1, {len(widths) - 1}], "
                f"got {local_latents} and {local_depth}"
            )
        if experts < 1:
            raise ValueError(f"experts must be at least 1, got {experts}")
        if not 0 < beta_min <= beta_max:
            raise ValueError(f"beta_min must be in (0, beta_max], got {beta_min} with beta_max {beta_max}")
        self.image_size = image_size
        self.latents = latents + local_latents * (image_size // 2**local_depth) ** 2
        self.global_latents = latents
        self.s = s
        self.beta_range = (beta_min, beta_max)
        self.mean = mean
        self.scale = scale
        self.grid = image_size // 2 ** len(widths)
        channels = (1, *widths)
        pairs = list(zip(channels[:-1], channels[1:], strict=True))
        self.down = nn.ModuleList(nn.Conv2d(a, b, 4, 2, 1) for a, b in pairs)
        self.down_gates = nn.ModuleList(BetaGate(b) for _, b in pairs)
        self.to_latents = nn.Linear(widths[-1] * self.grid**2, experts * 2 * latents)
        self.latent_gate = BetaGate(2 * latents)
        self.from_latents = nn.Linear(latents, experts * widths[-1] * self.grid**2)
        self.latent_mixture_gate = BetaMixture(experts) if experts > 1 else None
        self.wide_mixture_gate = BetaMixture(experts) if experts > 1 else None
        self.wide_gate = BetaGate(widths[-1])
        self.up = nn.ModuleList(nn.ConvTranspose2d(b, a, 4, 2, 1) for a, b in reversed(pairs))
        self.up_gates = nn.ModuleList(BetaGate(a) for a, _ in reversed(pairs[1:]))
        self.local_depth = local_depth
        self.local = LocalLatents(widths[local_depth - 1], local_latents) if local_latents else None

    def forward(self, x: Tensor, beta: Tensor) -> VaeOutput:
        """Encode, take z = mu, decode; see `explorer.contracts.Vae`."""
        t = self.scaled_log(beta)
        mu, log_var = self.encode(x, t)
        return VaeOutput(mu, log_var, self.decode(mu, t))

    def scaled_log(self, beta: Tensor) -> Tensor:
        """log(beta) mapped linearly to [-1, 1] over the range of betas; 0 where the range is a point."""
        low, high = (math.log(b) for b in self.beta_range)
        return (2 * torch.log(beta) - low - high) / max(high - low, 1e-6)

    def encode(self, x: Tensor, t: Tensor) -> tuple[Tensor, Tensor]:
        """mu and log_var of q(z|x), (B, D) each, for images (B, 1, H, W) at `t` = scaled log(beta)."""
        h = (x - self.mean) * self.scale
        local = []
        for depth, (convolution, gate) in enumerate(zip(self.down, self.down_gates, strict=True), 1):
            h = F.leaky_relu(gate(convolution(h), t), 0.1)
            if self.local is not None and depth == self.local_depth:
                local = [self.local.encode(h, t)]
        parameters = self.to_latents(h.flatten(1))
        if self.latent_mixture_gate is not None:
            parameters = self.latent_mixture_gate(parameters, t)
        parameters = self.latent_gate(parameters, t)
        mu, log_var = at_least_float32(torch.cat([parameters.unflatten(1, (2, -1)), *local], 2)).unbind(1)
        return mu, log_var.clamp(-14, 6)

    def decode(self, z: Tensor, t: Tensor) -> Tensor:
        """Mean of p(x|z), (B, 1, H, W), for latents (B, D) at `t` = scaled log(beta)."""
        h = self.from_latents(z[:, : self.global_latents])
        if self.wide_mixture_gate is not None:
            h = self.wide_mixture_gate(h, t)
        h = h.view(len(z), -1, self.grid, self.grid)
        h = F.leaky_relu(self.wide_gate(h, t), 0.1)
        for depth, convolution, gate in zip(
            range(len(self.up) - 1, 0, -1), self.up[:-1], self.up_gates, strict=True
        ):
            h = convolution(h)
            if self.local is not None and depth == self.local_depth:
                h = h + self.local.decode(z[:, self.global_latents :], t, h.shape)
            h = F.leaky_relu(gate(h, t), 0.1)
        return at_least_float32(self.up[-1](h)) / self.scale + self.mean

    def stages(self, settings: BetaVaeTraining) -> Sequence[Stage]:
        return [Stage(lambda: ElboObjective(self, settings))]

    @classmethod
    def at_one_beta(cls, settings: Mapping[str, Any], beta: float) -> dict[str, Any]:
        """Without the mixture of maps, which only conditioning needs."""
        return {**settings, "beta_min": beta, "beta_max": beta, "experts": 1}
