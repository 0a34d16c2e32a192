"""A linear-Gaussian VAE, float64: rec, kl and their gradients by the image are known in closed form."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from explorer.contracts import VaeOutput
from explorer.evidence import VaeEvidence


class LinearVae(nn.Module):
    """mu = g W x, log_var = V x, x_hat = D z + d, with the gain g = 1 / (1 + beta).

    Weights require gradients, so that tests can see that none arrive. `calls` counts forward passes.
    """

    evidence = VaeEvidence

    def __init__(self, size: int = 8, latents: int = 3, s: float = 0.5) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(0)

        def weights(*shape: int) -> nn.Parameter:
            return nn.Parameter(0.2 * torch.randn(*shape, generator=generator, dtype=torch.float64))

        self.image_size, self.s, self.beta_range, self.calls = size, s, (0.01, 10.0), 0
        self.W, self.V = weights(latents, size**2), weights(latents, size**2)
        self.D, self.d = weights(size**2, latents), weights(size**2)

    def forward(self, x: Tensor, beta: Tensor) -> VaeOutput:
        self.calls += 1
        mu = gain(beta) * (x.flatten(1) @ self.W.T)
        return VaeOutput(mu, x.flatten(1) @ self.V.T, (mu @ self.D.T + self.d).view_as(x))

    def closed_form(self, x: Tensor, beta: Tensor) -> dict[str, Tensor]:
        """rec and kl, (B,), and grad_rec and grad_kl, (B, 1, H, W), written out by hand."""
        with torch.no_grad():
            flat, g = x.flatten(1), gain(beta)
            mu, log_var = g * (flat @ self.W.T), flat @ self.V.T
            residual = flat - mu @ self.D.T - self.d
            through = g * (residual @ self.D @ self.W)
            return {
                "rec": residual.square().sum(1) / (2 * self.s**2),
                "kl": 0.5 * (mu**2 + log_var.exp() - log_var - 1).sum(1),
                "grad_rec": ((residual - through) / self.s**2).view_as(x),
                "grad_kl": (g * (mu @ self.W) + 0.5 * (log_var.exp() - 1) @ self.V).view_as(x),
            }


def gain(beta: Tensor) -> Tensor:
    """(B, 1)"""
    return 1 / (1 + beta[:, None])


def images(count: int = 8, size: int = 8, seed: int = 0) -> Tensor:
    """Random images in [0, 1], (count, 1, size, size), float64."""
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(count, 1, size, size, generator=generator, dtype=torch.float64)


BETAS = torch.tensor([0.01, 0.05, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0], dtype=torch.float64)
"""A different training beta for each of eight images."""
