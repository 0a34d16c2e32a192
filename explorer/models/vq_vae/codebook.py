"""The codebook of a VQ-VAE: latents are replaced by the nearest of K vectors.

van den Oord, Vinyals and Kavukcuoglu: Neural Discrete Representation Learning, 2017, arXiv 1711.00937,
equations 1 to 3. How the vectors are learned: `explorer.models.vq_vae.codebook_averages`.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Codebook(nn.Module):
    """K vectors of dimension D; no gradient reaches them.

    Args:
        codes: how many, K, at least 2.
        dimension: of each, D, at least 1.

    Raises:
        ValueError: where there are too few codes or dimensions.
    """

    vectors: Tensor

    def __init__(self, codes: int, dimension: int) -> None:
        super().__init__()
        if codes < 2 or dimension < 1:
            raise ValueError(
                f"codes must be at least 2 and dimension at least 1, got {codes} and {dimension}"
            )
        self.register_buffer("vectors", torch.randn(codes, dimension))

    def __len__(self) -> int:
        return len(self.vectors)

    def nearest(self, z: Tensor) -> Tensor:
        """Index of the nearest vector, (B, h, w), int64, for latents (B, D, h, w).

        |z - e|^2 = |z|^2 - 2 z e + |e|^2, of which |z|^2 is the same for all e.
        """
        with torch.autocast(z.device.type, enabled=False):  # half precision would blur the choice
            products = F.conv2d(z, self.vectors[:, :, None, None])  # (B, K, h, w)
        half_norms = 0.5 * self.vectors.square().sum(1)
        return (products - half_norms[:, None, None]).argmax(1)

    def embed(self, indices: Tensor) -> Tensor:
        """The vectors, (B, D, h, w), of codes (B, h, w)."""
        return F.embedding(indices, self.vectors).permute(0, 3, 1, 2)


def straight_through(z: Tensor, quantised: Tensor) -> Tensor:
    """`quantised` in the forward pass, the identity on `z` in the backward pass (section 3.2)."""
    return z + (quantised - z).detach()
