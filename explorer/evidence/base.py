"""What a model says of a batch of images, each part computed once, when first asked for.

At what the model takes an image to be (z = mu, or its codes), per image and in nats:

    rec  = sum_i (x_i - x_hat_i)^2 / (2 s^2)
    kl   = KL(q(.|x) || p)              (`vae`, `codes`)
    elbo = rec + scoring_beta * kl      (the negative ELBO: higher is more anomalous; constants dropped)

SmoothGrad: Smilkov, Thorat, Kim, Viégas and Wattenberg: SmoothGrad: removing noise by adding noise, 2017,
arXiv 1706.03825.
"""

from __future__ import annotations

import copy
import math
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Mapping
from typing import ClassVar

import torch
from torch import Tensor

from explorer.contracts import Conditions, Model
from explorer.evidence.forward import Pass
from explorer.randomness import stream

_ROUNDING = 1e-5
"""Relative slack at the ends of a range of betas, which float32 may round to just outside."""


class Evidence(ABC):
    """A batch as a model sees it; all parts are detached, on the device of `x`, and must not be changed.

    The first part asked for costs the forward pass, `grad_rec` and `grad_kl` one backward pass each, the rest
    next to nothing. What the gradients need of the forward pass is let go as soon as all are there. Threads
    may share an evidence.

    Args:
        model: on the device of `x`; neither its mode nor its weights are changed.
        x: images, (B, 1, H, W), floating point in [0, 1], of the model's size.
        beta: training beta, one for all images or one per image, (B,); in the model's range.
        scoring_beta: weight of the KL term in `elbo` and `grad_elbo`, at least 0, one or (B,); None: `beta`.
        conditions: what is known of the images, for models that ask for it; None: nothing.

    Raises:
        ValueError: where shapes do not fit, a pixel is not finite, or a beta is out of its range.
    """

    PARTS: ClassVar[frozenset[str]]
    """What predictors may need of the model."""

    def __init__(
        self,
        model: Model,
        x: Tensor,
        beta: Tensor | float,
        *,
        scoring_beta: Tensor | float | None = None,
        conditions: Conditions | None = None,
    ) -> None:
        _check_images(x, model.image_size)
        self._conditions = _checked_conditions(conditions, len(x))
        self._s = model.s
        self._x = x.detach()
        self._beta = _per_image("beta", beta, x, *model.beta_range)
        self._scoring_beta = self._checked_scoring_beta(scoring_beta)
        self._shared = _Shared()

    @abstractmethod
    def run(self, x: Tensor, beta: Tensor) -> Pass:
        """One forward pass of any images, (K, 1, H, W), each at its own training beta, (K,)."""

    @property
    def x(self) -> Tensor:
        """The images, (B, 1, H, W)."""
        return self._x

    @property
    def conditions(self) -> Conditions:
        """What is known of the images."""
        return self._conditions

    @property
    def s(self) -> float:
        """Standard deviation of p(x|.)."""
        return self._s

    @property
    def beta(self) -> Tensor:
        """Training beta of each image, (B,)."""
        return self._beta

    @property
    def scoring_beta(self) -> Tensor:
        """Weight of each image's KL term in `elbo` and `grad_elbo`, (B,)."""
        return self._scoring_beta

    @property
    def x_hat(self) -> Tensor:
        """Mean of p(x|.), (B, 1, H, W)."""
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
        """KL(q(.|x) || p), nats per image, (B,)."""
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

    def totals(self) -> dict[str, Tensor]:
        """Sums over the images, float64, from which `means` are computed; those of batches may be added."""
        return {"rec": self.rec.sum().double(), "kl": self.kl.sum().double()}

    @staticmethod
    def means(totals: Mapping[str, Tensor], images: int) -> dict[str, float]:
        """Figures for a model's card from the totals of so many images, by name; see `HeldOut`."""
        return {name: float(totals[name]) / images for name in ("rec", "kl")}

    def elsewhere(self, x: Tensor, rows: Tensor) -> Pass:
        """One pass of other images, (K, 1, H, W), each at the beta of one of these images.

        Args:
            x: the other images, as those of this evidence.
            rows: for each, the index of the image whose beta it takes, (K,).
        """
        return self.run(x, self.beta[rows])

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
            total += self.run(noisy, self.beta).gradient("kl")
        return total / copies

    def _part(self, name: str) -> Tensor:
        return self.memo(name, lambda: self._pass().parts[name])

    def _gradient(self, term: str) -> Tensor:
        part = f"grad_{term}"
        if part not in self.PARTS:
            known = ", ".join(sorted(self.PARTS))
            raise ValueError(f"this model has no {part}, it has {known}; choose another model")
        return self.memo(part, lambda: self._pass().gradient(term))

    def _pass(self) -> Pass:
        if self._shared.forward is None:
            self._shared.forward = self.run(self._x, self._beta)
        return self._shared.forward

    def _checked_scoring_beta(self, value: Tensor | float | None) -> Tensor:
        return self._beta if value is None else _per_image("scoring_beta", value, self._x, 0.0, math.inf)


class _Shared:
    """What an evidence has in common with its rescored siblings."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.parts: dict[Hashable, Tensor] = {}
        self.forward: Pass | None = None


def _check_images(x: Tensor, size: int) -> None:
    if x.ndim != 4 or x.shape[1] != 1 or not x.is_floating_point():
        raise ValueError(f"x must be floating point, (B, 1, H, W); got {x.dtype}, {tuple(x.shape)}")
    if not bool(torch.isfinite(x).all()):
        raise ValueError("x must be finite, got NaN or infinite pixels; clean the images first")
    if x.shape[2:] != (size, size):
        raise ValueError(
            f"x must have {size} x {size} pixels for this model, got {x.shape[2]} x {x.shape[3]}"
        )


def _checked_conditions(given: Conditions | None, count: int) -> Conditions:
    """The conditions, of nothing where none are given; ValueError unless there is one an image."""
    if given is None:
        return Conditions.unknown(count)
    if (len(given.contrast), len(given.position)) != (count, count):
        raise ValueError(
            f"conditions must be of {count} images, got {len(given.contrast)} contrasts and "
            f"{len(given.position)} positions"
        )
    return given


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
