"""How a codebook is learned: each vector follows the mean of the latents that chose it.

van den Oord, Vinyals and Kavukcuoglu: Neural Discrete Representation Learning, 2017, arXiv 1711.00937,
appendix A.1, with N_k the latents that chose code k and their sum M_k, both averaged over steps:

    N_k <- g N_k + (1 - g) n_k,   M_k <- g M_k + (1 - g) sum z,   e_k = M_k / N_k,   g = 0.99

*Differs from the paper*: the vectors start as latents of the first batch, and a code that is hardly chosen
any more starts anew as a latent of the current batch.
"""

from __future__ import annotations

import torch
from torch import Tensor

from explorer.models.vq_vae.codebook import Codebook

DEAD_SHARE = 0.03
"""A code with an average below this share of the mean over all codes is dead."""
NEW_SHARE = 0.1
"""The share of the mean with which a code starts: little, so that it soon follows, and dies if unused."""


class CodebookAverages:
    """Running counts and sums of the latents of each code; moves the codebook's vectors.

    Args:
        codebook: whose vectors are moved in place.
        memory: g, the weight of the past, per step.
    """

    def __init__(self, codebook: Codebook, memory: float = 0.99) -> None:
        self.codebook = codebook
        self.memory = memory
        self.counts = torch.zeros(len(codebook))
        self.sums = torch.zeros_like(codebook.vectors)

    @property
    def started(self) -> bool:
        """Whether any latents were seen."""
        return bool((self.counts > 0).any())

    def start(self, z: Tensor, generator: torch.Generator) -> None:
        """Make latents of the batch, (B, D, h, w), the vectors."""
        flat = _flat(z)
        count = NEW_SHARE * len(flat) / len(self.codebook)
        self.codebook.vectors.copy_(flat[self._drawn(flat, generator)])
        self.counts = torch.full((len(self.codebook),), count, device=z.device)
        self.sums = self.codebook.vectors * count

    def go_on(self, z: Tensor) -> None:
        """Keep the vectors as they are, as if latents (B, D, h, w) had chosen all of them alike often."""
        count = len(_flat(z)) / len(self.codebook)
        self.counts = torch.full((len(self.codebook),), count, device=z.device)
        self.sums = self.codebook.vectors * count

    def update(self, z: Tensor, indices: Tensor, generator: torch.Generator) -> None:
        """Follow the latents, (B, D, h, w), that chose these codes, (B, h, w)."""
        flat, chosen = _flat(z), indices.flatten()
        count = torch.zeros_like(self.counts).index_add_(0, chosen, flat.new_ones(len(chosen)))
        total = torch.zeros_like(self.sums).index_add_(0, chosen, flat)
        self.counts = torch.lerp(count, self.counts, self.memory)
        self.sums = torch.lerp(total, self.sums, self.memory)
        mean = len(chosen) / len(self.codebook)
        dead = self.counts < DEAD_SHARE * mean
        fresh = flat[self._drawn(flat, generator)]
        self.counts = torch.where(dead, NEW_SHARE * mean, self.counts)
        self.sums = torch.where(dead[:, None], NEW_SHARE * mean * fresh, self.sums)
        self.codebook.vectors.copy_(self.sums / self.counts[:, None])

    def _drawn(self, flat: Tensor, generator: torch.Generator) -> Tensor:
        """A latent for each code, (K,)."""
        return torch.randint(len(flat), (len(self.codebook),), generator=generator).to(flat.device)


def _flat(z: Tensor) -> Tensor:
    """(B, D, h, w) -> (B h w, D), in the order of flattened codes."""
    return z.detach().permute(0, 2, 3, 1).flatten(0, 2)
