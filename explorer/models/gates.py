"""Gates that let one network serve every training beta.

Bae, Zhang, Ruan, Wang, Hasegawa, Ba and Grosse: Multi-Rate VAE: train once, get the full rate-distortion curve,
2023, arXiv 2212.03905, section 4: each layer's pre-activation is multiplied, channel by channel, by a bounded
function of log(beta).

Differs from the paper: one gate, 2 sigmoid(.), serves encoder and decoder (the paper's decoder gate has an unbounded
slope where it closes), and the logit is a small network of log(beta), shared over channels but for its last layer,
instead of a line: a line cannot both open and close a latent within the range.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


class BetaGate(nn.Module):
    """Scales the channels of a pre-activation by `2 sigmoid(v tanh(u t + a) + b)`, t = log(beta) scaled to [-1, 1].

    At the start every gate is 1 for every beta.

    Args:
        channels: number of channels scaled.
        hidden: width of the network in between.
    """

    def __init__(self, channels: int, hidden: int = 8) -> None:
        super().__init__()
        self.inner = nn.Linear(1, hidden)
        self.outer = nn.Linear(hidden, channels)
        nn.init.uniform_(self.inner.weight, -2, 2)
        nn.init.uniform_(self.inner.bias, -1, 1)
        nn.init.zeros_(self.outer.weight)
        nn.init.zeros_(self.outer.bias)

    def forward(self, h: Tensor, t: Tensor) -> Tensor:
        """Scale `h`, (B, C, ...), by the gates at `t`, (B,)."""
        gate = 2 * torch.sigmoid(self.outer(torch.tanh(self.inner(t[:, None]))))
        return h * gate.to(h.dtype).view(*gate.shape, *(1,) * (h.ndim - 2))
