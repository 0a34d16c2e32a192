"""Gates that let one network serve every training beta.

Bae, Zhang, Ruan, Wang, Hasegawa, Ba and Grosse: Multi-Rate VAE: train once, get the full rate-distortion
curve, 2023, arXiv 2212.03905, section 4: each layer's pre-activation is multiplied, channel by channel, by a
bounded function of log(beta).

Differs from the paper: the gate, 2 sigmoid(.), is the same in encoder and decoder (the paper's decoder gate
has an unbounded slope where it closes); its logit is a small network of log(beta) instead of a line, since a
line cannot both open and close a channel within the range; and a shift of the same form is added, since the
best log_var of a latent moves with log(beta) by addition.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


class BetaGate(nn.Module):
    """h -> 2 sigmoid(g(t)) h + b(t) per channel, t = log(beta) scaled to [-1, 1].

    g and b are the two halves of a network with one hidden layer of tanh units. At the start the gate is 1
    and the shift 0 for every beta.

    Args:
        channels: number of channels of h.
        hidden: number of hidden units.
    """

    def __init__(self, channels: int, hidden: int = 8) -> None:
        super().__init__()
        self.inner = nn.Linear(1, hidden)
        self.outer = nn.Linear(hidden, 2 * channels)
        nn.init.uniform_(self.inner.weight, -2, 2)
        nn.init.uniform_(self.inner.bias, -1, 1)
        nn.init.zeros_(self.outer.weight)
        nn.init.zeros_(self.outer.bias)

    def forward(self, h: Tensor, t: Tensor) -> Tensor:
        """Gate and shift `h`, (B, C, ...), at `t`, (B,)."""
        logit, shift = self.outer(torch.tanh(self.inner(t[:, None]))).to(h.dtype).chunk(2, dim=1)
        gate = 2 * torch.sigmoid(logit)
        if h.ndim == 4 and h.is_contiguous(memory_format=torch.channels_last):
            # whole rows at a time: channel by channel, the inner loop on a CPU is too short to vectorise
            rows = h.permute(0, 2, 3, 1).flatten(2)
            wide = torch.addcmul(_along_row(shift, h.shape[3]), rows, _along_row(gate, h.shape[3]))
            return wide.view(*h.shape[:1], *h.shape[2:], -1).permute(0, 3, 1, 2)
        view = (*gate.shape, *(1,) * (h.ndim - 2))
        return torch.addcmul(shift.view(view), h, gate.view(view))


def _along_row(values: Tensor, width: int) -> Tensor:
    """Values per channel, (B, C), repeated for each pixel of a row, (B, 1, W C)."""
    return values.repeat(1, width)[:, None]


class BetaMixture(nn.Module):
    """Mixes the outputs of several linear maps: sum_e softmax(g(t))_e h_e.

    Gates scale and shift channels but cannot turn them: at a large beta the few latents that are worth their
    KL lie along other directions than at a small one. A mixture of maps can follow.

    Args:
        experts: how many maps, E.
        hidden: number of hidden units of g.
    """

    def __init__(self, experts: int, hidden: int = 16) -> None:
        super().__init__()
        self.experts = experts
        self.inner = nn.Linear(1, hidden)
        self.outer = nn.Linear(hidden, experts)
        nn.init.uniform_(self.inner.weight, -3, 3)
        nn.init.uniform_(self.inner.bias, -2, 2)

    def forward(self, h: Tensor, t: Tensor) -> Tensor:
        """Mix `h`, (B, E C), the outputs of all maps side by side, at `t`, (B,); returns (B, C)."""
        weights = torch.softmax(self.outer(torch.tanh(self.inner(t[:, None]))), dim=1)
        return torch.einsum("bec,be->bc", h.view(len(h), self.experts, -1), weights.to(h.dtype))
