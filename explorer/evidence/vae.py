"""What a model says of a batch of images, each part computed once, when first asked for.

With q(z|x) = N(mu, diag exp(log_var)) and p(x|z) = N(x_hat, s^2 I), at z = mu and per image in nats:

    rec  = sum_i (x_i - x_hat_i)^2 / (2 s^2)
    kl   = 1/2 sum_j (mu_j^2 + exp(log_var_j) - log_var_j - 1)
    elbo = rec + scoring_beta * kl      (the negative ELBO: higher is more anomalous; constants dropped)

Zimmerer, Isensee, Petersen, Kohl and Maier-Hein: Unsupervised Anomaly Localization using Variational
Auto-Encoders, 2019, arXiv 1907.02796. SmoothGrad: Smilkov, Thorat, Kim, Viégas and Wattenberg: SmoothGrad:
removing noise by adding noise, 2017, arXiv 1706.03825.
"""

from __future__ import annotations

import copy
import math
import threading
from collections.abc import Callable, Hashable, Mapping
from typing import ClassVar

import torch
from torch import Tensor

from explorer.contracts import Vae
from explorer.randomness import stream

_ROUNDING = 1e-5
"""Relative slack at the ends of a range of betas, which float32 may round to just outside."""


class Evidence:
    """A batch as a model sees it; all parts are detached, on the device of `x`, and must not be changed.

    The first part asked for costs the forward pass, `grad_rec` and `grad_kl` one backward pass each, the rest
    next to nothing. What the gradients need of the forward pass is let go as soon as both are there. Threads
    may share an evidence.

    Args:
        model: a VAE on the device of `x`; neither its mode nor its weights are changed.
        x: images, (B, 1, H, W), floating point in [0, 1].
        beta: training beta, one for all images or one per image, (B,); in the model's range.
        scoring_beta: weight of the KL term in `elbo` and `grad_elbo`, at least 0, one or (B,); None: `beta`.

    Raises:
        ValueError: where shapes do not fit, a pixel is not finite, or a beta is out of its range.
    """

    PARTS: ClassVar[frozenset[str]] = frozenset({"x_hat", "grad_rec", "grad_kl"})
    """What predictors may need of the model."""

    def __init__(
        self, model: Vae, x: Tensor, beta: Tensor | float, *, scoring_beta: Tensor | float | None = None
    ) -> None:
        _check_images(x)
        self._model = model
        self._x = x.detach()
        low, high = model.beta_range
        self._beta = _per_image("beta", beta, x, low, high)
        self._scoring_beta = self._checked_scoring_beta(scoring_beta)
        self._shared = _Shared()

    @property
    def x(self) -> Tensor:
        """The images, (B, 1, H, W)."""
        return self._x

    @property
    def s(self) -> float:
        """Standard deviation of p(x|z)."""
        return self._model.s

    @property
    def beta(self) -> Tensor:
        """Training beta of each image, (B,)."""
        return self._beta

    @property
    def scoring_beta(self) -> Tensor:
        """Weight of each image's KL term in `elbo` and `grad_elbo`, (B,)."""
        return self._scoring_beta

    @property
    def mu(self) -> Tensor:
        """Mean of q(z|x), (B, D)."""
        return self._part("mu")

    @property
    def log_var(self) -> Tensor:
        """Logarithm of the variance of q(z|x), (B, D)."""
        return self._part("log_var")

    @property
    def x_hat(self) -> Tensor:
        """Mean of p(x|z = mu), (B, 1, H, W)."""
        return self._part("x_hat")

    @property
    def rec_map(self) -> Tensor:
        """The pixel terms of `rec`, nats, (B, 1, H, W)."""
        return self._part("rec_map")

    @property
    def rec(self) -> Tensor:
        """Reconstruction term, nats per image, (B,)."""
        return self._part("rec")

    @property
    def kl(self) -> Tensor:
        """KL(q(z|x) || N(0, I)), nats per image, (B,)."""
        return self._part("kl")

    @property
    def elbo(self) -> Tensor:
        """rec + scoring_beta * kl, nats per image, (B,)."""
        return self.rec + self.scoring_beta * self.kl

    @property
    def grad_rec(self) -> Tensor:
        """d rec / dx, through the network and directly, nats per unit intensity, (B, 1, H, W)."""
        return self._gradient("rec")

    @property
    def grad_kl(self) -> Tensor:
        """d kl / dx, nats per unit intensity, (B, 1, H, W)."""
        return self._gradient("kl")

    @property
    def grad_elbo(self) -> Tensor:
        """d elbo / dx = grad_rec + scoring_beta * grad_kl, (B, 1, H, W)."""
        return self.grad_rec + self.scoring_beta.view(-1, 1, 1, 1) * self.grad_kl

    def rescored(self, scoring_beta: Tensor | float | None) -> Evidence:
        """The same evidence under another scoring beta; what either computes, both have."""
        other = copy.copy(self)
        other._scoring_beta = self._checked_scoring_beta(scoring_beta)
        return other

    def memo(self, key: Hashable, make: Callable[[], Tensor]) -> Tensor:
        """What `make` returned when `key` was first asked for.

        Shared with every evidence that `rescored` gave, so it must not depend on the scoring beta.
        """
        with self._shared.lock:
            if key not in self._shared.parts:
                self._shared.parts[key] = make()
            return self._shared.parts[key]

    def elsewhere(self, x: Tensor, rows: Tensor) -> Pass:
        """One pass of other images, (K, 1, H, W), each at the beta of one of these images.

        Args:
            x: the other images, as those of this evidence.
            rows: for each, the index of the image whose beta it takes, (K,).
        """
        return Pass(self._model, x, self.beta[rows])

    def smooth_grad_kl(self, copies: int, eps: float = 0.1, seed: int = 0) -> Tensor:
        """The mean of d kl / dx over noisy copies of each image (SmoothGrad); one pass each way per copy.

            1/n sum_c grad kl(x + eps (max x - min x) n_c),   n_c ~ N(0, I)

        All images share the noise fields n_c, so that the result does not depend on the batch.

        Args:
            copies: how many, at least 1.
            eps: standard deviation of the noise as a fraction of each image's range of intensities.
            seed: of the noise.

        Returns:
            Signed mean gradient, nats per unit intensity, (B, 1, H, W).
        """
        if copies < 1:
            raise ValueError(f"copies must be at least 1, got {copies}; use grad_kl for the plain gradient")
        span = self.x.amax((1, 2, 3), keepdim=True) - self.x.amin((1, 2, 3), keepdim=True)
        total = torch.zeros_like(self.x)
        for number in range(copies):
            noise = torch.randn(self.x.shape[-2:], generator=stream(seed, "smooth-grad", number))
            noisy = self.x + eps * span * noise.to(self.x)
            total += Pass(self._model, noisy, self.beta).gradient("kl")
        return total / copies

    def _part(self, name: str) -> Tensor:
        return self.memo(name, lambda: self._pass().parts[name])

    def _gradient(self, name: str) -> Tensor:
        return self.memo(f"grad_{name}", lambda: self._pass().gradient(name))

    def _pass(self) -> Pass:
        if self._shared.forward is None:
            self._shared.forward = Pass(self._model, self._x, self._beta)
        return self._shared.forward

    def _checked_scoring_beta(self, value: Tensor | float | None) -> Tensor:
        return self._beta if value is None else _per_image("scoring_beta", value, self._x, 0.0, math.inf)


class _Shared:
    """What an evidence has in common with its rescored siblings."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.parts: dict[Hashable, Tensor] = {}
        self.forward: Pass | None = None


class Pass:
    """One forward pass; its graph lives until the gradients of all terms were taken.

    Args:
        model: see `Evidence`.
        x: images, (B, 1, H, W).
        beta: training beta of each, (B,).

    Attributes:
        parts: `mu`, `log_var`, `x_hat`, `rec_map`, `rec` and `kl` as in `Evidence`, detached.
    """

    def __init__(self, model: Vae, x: Tensor, beta: Tensor) -> None:
        with torch.enable_grad():
            leaf = x.detach().requires_grad_()
            output = model(leaf, beta)
            rec_map = (leaf - output.x_hat).square() / (2 * model.s**2)
            rec = rec_map.sum((1, 2, 3))
            kl = 0.5 * (output.mu.square() + torch.expm1(output.log_var) - output.log_var).sum(1)
        parts = {"mu": output.mu, "log_var": output.log_var, "x_hat": output.x_hat, "rec_map": rec_map}
        self._keep(leaf, parts, {"rec": rec, "kl": kl})

    def _keep(self, leaf: Tensor, parts: Mapping[str, Tensor], terms: Mapping[str, Tensor]) -> None:
        self.parts = {name: part.detach() for name, part in {**parts, **terms}.items()}
        self._leaf = leaf
        self._terms = dict(terms)

    def gradient(self, name: str) -> Tensor:
        """d term / dx, (B, 1, H, W); only once for each of `rec` and `kl`."""
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


def _check_images(x: Tensor) -> None:
    if x.ndim != 4 or x.shape[1] != 1 or not x.is_floating_point():
        raise ValueError(f"x must be floating point, (B, 1, H, W); got {x.dtype}, {tuple(x.shape)}")
    if not bool(torch.isfinite(x).all()):
        raise ValueError("x must be finite, got NaN or infinite pixels; clean the images first")


def _per_image(name: str, value: Tensor | float, x: Tensor, low: float, high: float) -> Tensor:
    """`value` as one number per image, (B,), in dtype and on device of `x`; ValueError out of [low, high]."""
    given = torch.as_tensor(value, dtype=x.dtype, device=x.device).detach()
    if given.ndim > 1 or given.numel() not in (1, len(x)):
        raise ValueError(f"{name} must be one number or ({len(x)},), got {tuple(given.shape)}")
    inside = (given >= low * (1 - _ROUNDING)) & (given <= high * (1 + _ROUNDING)) & given.isfinite()
    if not bool(inside.all()):
        wrong = given.reshape(-1)[~inside.reshape(-1)][0].item()
        raise ValueError(f"{name} must be in [{low:g}, {high:g}], got {wrong:g}")
    return given.expand(len(x))
