"""One forward pass of a model, and the gradients of its terms by the images."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor


class Pass:
    """One forward pass; its graph lives until the gradients of all terms were taken.

    Args:
        leaf: the images, which require a gradient, (B, 1, H, W).
        parts: what came out, by the names of `Evidence`.
        terms: those parts, (B,), whose gradients can be taken: `rec`, `kl`.

    Attributes:
        parts: parts and terms, detached.
    """

    def __init__(self, leaf: Tensor, parts: Mapping[str, Tensor], terms: Mapping[str, Tensor]) -> None:
        self.parts = {name: part.detach() for name, part in {**parts, **terms}.items()}
        self._leaf = leaf
        self._terms = dict(terms)

    def gradient(self, name: str) -> Tensor:
        """d term / dx, (B, 1, H, W); only once for each term."""
        others = len(self._terms) > 1
        with torch.enable_grad():  # of the sum: for the gradient of a vector torch imports sympy, 0.6 s
            term = self._terms[name].sum()
        (gradient,) = torch.autograd.grad(term, self._leaf, retain_graph=others)
        del self._terms[name]
        return gradient

    def loss_gradient(self, beta: Tensor) -> Tensor:
        """d (rec + beta kl) / dx, (B, 1, H, W), in one backward pass; only once, instead of `gradient`."""
        with torch.enable_grad():
            loss = (self._terms["rec"] + beta * self._terms["kl"]).sum()
        (gradient,) = torch.autograd.grad(loss, self._leaf)
        return gradient
