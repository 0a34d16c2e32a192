"""What a VQ-VAE and its prior say of a batch of images, and the choice between this and a VAE's evidence.

With codes c of an image, x_hat the decoded codes and p(c) the prior:

    rec  = sum_i (x_i - x_hat_i)^2 / (2 s^2)
    kl   = sum_i -log p(c_i | c_<i)      (q(c|x) has one code grid only, so KL(q || p) = -log p(c))
    elbo = rec + scoring_beta * kl       (the negative ELBO, constants dropped)

van den Oord, Vinyals and Kavukcuoglu: Neural Discrete Representation Learning, 2017, arXiv 1711.00937;
Naval Marimont and Tarroni, 2020, arXiv 2012.06765.
"""

from __future__ import annotations

from typing import ClassVar, cast

import torch
from torch import Tensor

from explorer.contracts import Model, Vae
from explorer.evidence.vae import Evidence, Pass
from explorer.models.vq_vae.network import VqVae


class CodeEvidence(Evidence):
    """A batch as a VQ-VAE sees it; `grad_rec` goes straight through the codes.

    It has no `mu`, `log_var` and `grad_kl`: codes are no numbers to differentiate by.

    Args:
        model: a VQ-VAE with its prior on the device of `x`; neither its mode nor its weights are changed.
        x: images, (B, 1, H, W), floating point in [0, 1], of the model's size.
        beta: must be 1, as a VQ-VAE has no training beta.
        scoring_beta: weight of the KL term in `elbo`, at least 0, one or (B,); None: 1.

    Raises:
        ValueError: where shapes do not fit, a pixel is not finite, or a beta is out of its range.
    """

    PARTS: ClassVar[frozenset[str]] = frozenset({"x_hat", "grad_rec", "indices", "code_nll"})

    def __init__(
        self,
        model: VqVae,
        x: Tensor,
        beta: Tensor | float = 1.0,
        *,
        scoring_beta: Tensor | float | None = None,
    ) -> None:
        super().__init__(cast(Vae, model), x, beta, scoring_beta=scoring_beta)
        if x.shape[-2:] != (model.image_size, model.image_size):
            raise ValueError(
                f"x must have {model.image_size} x {model.image_size} pixels for this model, "
                f"got {x.shape[-2]} x {x.shape[-1]}"
            )
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

    def elsewhere(self, x: Tensor, rows: Tensor) -> Pass:
        return CodePass(self.model, x)

    def _part(self, name: str) -> Tensor:
        if name in ("mu", "log_var"):
            raise ValueError(f"a VQ-VAE has no {name}; choose a model of kind beta-vae")
        return super()._part(name)

    def _gradient(self, name: str) -> Tensor:
        if name == "kl":
            raise ValueError("a VQ-VAE has no gradient of the KL term; choose a model of kind beta-vae")
        return super()._gradient(name)

    def _code_nll(self) -> Tensor:
        with torch.no_grad():
            return self.model.prior.nll(self.indices.flatten(1)).view_as(self.indices)

    def _pass(self) -> Pass:
        if self._shared.forward is None:
            self._shared.forward = CodePass(self.model, self._x)
        return self._shared.forward


class CodePass(Pass):
    """One forward pass of a VQ-VAE; `parts` are `x_hat`, `rec_map`, `rec` and `indices`."""

    def __init__(self, model: VqVae, x: Tensor) -> None:
        with torch.enable_grad():
            leaf = x.detach().requires_grad_()
            x_hat, indices = model(leaf)
            rec_map = (leaf - x_hat).square() / (2 * model.s**2)
            rec = rec_map.sum((1, 2, 3))
        self._keep(leaf, {"x_hat": x_hat, "rec_map": rec_map, "indices": indices}, {"rec": rec})


def observe(
    model: Model, x: Tensor, beta: Tensor | float, *, scoring_beta: Tensor | float | None = None
) -> Evidence:
    """The evidence of a model of either kind; see `Evidence` and `CodeEvidence`."""
    if isinstance(model, VqVae):
        return CodeEvidence(model, x, beta, scoring_beta=scoring_beta)
    return Evidence(cast(Vae, model), x, beta, scoring_beta=scoring_beta)


def parts_of(model: Model) -> frozenset[str]:
    """What predictors can have of a model's evidence."""
    return CodeEvidence.PARTS if isinstance(model, VqVae) else Evidence.PARTS
