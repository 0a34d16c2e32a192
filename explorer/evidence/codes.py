"""What a VQ-VAE and its prior say of a batch of images.

With codes c of an image, x_hat the decoded codes and p(c) the prior:

    rec  = sum_i (x_i - x_hat_i)^2 / (2 s^2)
    kl   = sum_i -log p(c_i | c_<i)      (q(c|x) has one code grid only, so KL(q || p) = -log p(c))
    elbo = rec + scoring_beta * kl       (the negative ELBO, constants dropped)

Where the prior is conditioned on what is known of an image, so is p(c).

van den Oord, Vinyals and Kavukcuoglu: Neural Discrete Representation Learning, 2017, arXiv 1711.00937;
Naval Marimont and Tarroni, 2020, arXiv 2012.06765.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import torch
from torch import Tensor

from explorer.contracts import CodeModel, Conditions
from explorer.evidence.base import Evidence
from explorer.evidence.forward import Pass


class CodeEvidence(Evidence):
    """A batch as a VQ-VAE sees it; `grad_rec` goes straight through the codes.

    It has no `grad_kl`: codes are no numbers to differentiate by.

    Args:
        model: with its prior on the device of `x`; neither its mode nor its weights are changed.
        x: images, (B, 1, H, W), floating point in [0, 1], of the model's size.
        beta: must be 1, as a VQ-VAE has no training beta.
        scoring_beta: weight of the KL term in `elbo`, at least 0, one or (B,); None: 1.
        conditions: what is known of the images, on which the prior may be conditioned; None: nothing.

    Raises:
        ValueError: where shapes do not fit, a pixel is not finite, or a beta is out of its range.
    """

    PARTS: ClassVar[frozenset[str]] = frozenset({"x_hat", "grad_rec", "indices", "code_nll"})

    def __init__(
        self,
        model: CodeModel,
        x: Tensor,
        beta: Tensor | float = 1.0,
        *,
        scoring_beta: Tensor | float | None = None,
        conditions: Conditions | None = None,
    ) -> None:
        super().__init__(model, x, beta, scoring_beta=scoring_beta, conditions=conditions)
        self.model = model

    @property
    def indices(self) -> Tensor:
        """Codes, (B, h, w), int64."""
        return self._part("indices")

    @property
    def code_nll(self) -> Tensor:
        """-log p(c_i | c_<i), nats, (B, h, w)."""
        return self.memo("code_nll", self._code_nll)

    @property
    def kl(self) -> Tensor:
        """-log p(codes), nats per image, (B,)."""
        return self.code_nll.sum((1, 2))

    def run(self, x: Tensor, beta: Tensor) -> Pass:
        with torch.enable_grad():
            leaf = x.detach().requires_grad_()
            x_hat, indices = self.model(leaf)
            rec_map = (leaf - x_hat).square() / (2 * self.s**2)
            rec = rec_map.sum((1, 2, 3))
        return Pass(leaf, {"x_hat": x_hat, "rec_map": rec_map, "indices": indices}, {"rec": rec})

    def totals(self) -> dict[str, Tensor]:
        uses = torch.bincount(self.indices.flatten(), minlength=self.model.prior.codes)
        return super().totals() | {"uses": uses.double()}

    @staticmethod
    def means(totals: Mapping[str, Tensor], images: int) -> dict[str, float]:
        codes = float(totals["uses"].sum())
        own = {"perplexity": perplexity(totals["uses"]), "code_nll": float(totals["kl"]) / codes}
        return Evidence.means(totals, images) | own

    def decoded(self, indices: Tensor) -> Tensor:
        """Images, (K, 1, H, W), of any codes, (K, h, w)."""
        with torch.no_grad():
            return self.model.decode(self.model.codebook.embed(indices))

    def _code_nll(self) -> Tensor:
        with torch.no_grad():
            nll = self.model.prior.nll(self.indices.flatten(1), self.conditions)
        return nll.view_as(self.indices)


def perplexity(uses: Tensor) -> float:
    """exp of the entropy of how often each code is used, (K,); K where K are used alike."""
    return float(torch.special.entr(uses / uses.sum()).sum().exp())
