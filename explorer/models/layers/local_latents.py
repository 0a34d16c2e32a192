"""Latents with a place: a grid of them, for the detail that latents of the whole image cannot hold.

A second group of latents between a strided encoder and its mirror, drawn and priced like the first: all are
independent, N(0, I) before the image is seen. Where beta is small the network pays for local detail, where it
is large the gates close the grid and only what concerns the whole image passes.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from explorer.models.layers.gates import BetaGate


class LocalLatents(nn.Module):
    """Maps between features on a grid, (B, C, h, w), and K latents in each of its cells.

    Args:
        width: channels of the features, C.
        latents: in each cell, K.
    """

    def __init__(self, width: int, latents: int) -> None:
        super().__init__()
        self.latents = latents
        self.to_latents = nn.Conv2d(width, 2 * latents, 3, padding=1)
        self.latent_gate = BetaGate(2 * latents)
        self.from_latents = nn.Conv2d(latents, width, 3, padding=1)
        self.feature_gate = BetaGate(width)

    def encode(self, h: Tensor, t: Tensor) -> Tensor:
        """Means and log-variances, (B, 2, K h w), of features (B, C, h, w) at `t` = scaled log(beta)."""
        parameters: Tensor = self.latent_gate(self.to_latents(h), t)
        return torch.stack([part.flatten(1) for part in parameters.chunk(2, dim=1)], 1)

    def decode(self, z: Tensor, t: Tensor, shape: torch.Size) -> Tensor:
        """What latents, (B, K h w), add to features of the shape (B, C, h, w)."""
        features: Tensor = self.feature_gate(self.from_latents(z.view(-1, self.latents, *shape[2:])), t)
        return features
