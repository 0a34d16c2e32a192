"""What a VAE says of a batch of images.

With q(z|x) = N(mu, diag exp(log_var)) and p(x|z) = N(x_hat, s^2 I), at z = mu and per image in nats:

    rec = sum_i (x_i - x_hat_i)^2 / (2 s^2)
    kl  = 1/2 sum_j (mu_j^2 + exp(log_var_j) - log_var_j - 1)

Zimmerer, Isensee, Petersen, Kohl and Maier-Hein: Unsupervised Anomaly Localization using Variational
Auto-Encoders, 2019, arXiv 1907.02796.
"""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor

from explorer.contracts import Conditions, Vae
from explorer.evidence.base import Evidence
from explorer.evidence.forward import Pass


class VaeEvidence(Evidence):
    """A batch as a VAE sees it; see `Evidence`."""

    PARTS: ClassVar[frozenset[str]] = frozenset({"x_hat", "grad_rec", "grad_kl"})

    def __init__(
        self,
        model: Vae,
        x: Tensor,
        beta: Tensor | float,
        *,
        scoring_beta: Tensor | float | None = None,
        conditions: Conditions | None = None,
    ) -> None:
        super().__init__(model, x, beta, scoring_beta=scoring_beta, conditions=conditions)
        self.model = model

    @property
    def mu(self) -> Tensor:
        """Mean of q(z|x), (B, D)."""
        return self._part("mu")

    @property
    def log_var(self) -> Tensor:
        """Logarithm of the variance of q(z|x), (B, D)."""
        return self._part("log_var")

    def run(self, x: Tensor, beta: Tensor) -> Pass:
        with torch.enable_grad():
            leaf = x.detach().requires_grad_()
            output = self.model(leaf, beta)
            rec_map = (leaf - output.x_hat).square() / (2 * self.s**2)
            rec = rec_map.sum((1, 2, 3))
            kl = 0.5 * (output.mu.square() + torch.expm1(output.log_var) - output.log_var).sum(1)
        parts = {"mu": output.mu, "log_var": output.log_var, "x_hat": output.x_hat, "rec_map": rec_map}
        return Pass(leaf, parts, {"rec": rec, "kl": kl})
