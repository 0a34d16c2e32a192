"""Restoration to the most likely healthy image near the given one; the change has little total variation.

You, Tezcan, Chen and Konukoglu: Unsupervised lesion detection via image restoration with a normative prior,
2019.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from explorer.contracts import ScoreMap
from explorer.evidence import Evidence
from explorer.predictors.base import PREDICTORS, HealthyScores, Predictor
from explorer.settings import setting

LARGEST = 50.0
"""The gradient is clipped to +- this, nats per unit intensity, as in the released code."""

ROUNDNESS = 0.01
"""Intensity below which |d| in the total variation is rounded off at least; at 0 it has no gradient."""


@PREDICTORS.register("map-restoration")
@dataclass(frozen=True)
class MapRestoration(Predictor):
    """|x_0 - x_T| after T gradient steps on rec + b kl + r TV(x_t - x_0), b the training beta, at z = mu.

    *Differs from the paper*: b is 1 there (a VAE is trained for the loss rec + b kl); z is not sampled; the
    absolute values in TV are rounded off near 0, where they have no gradient, and so far that the steps
    cannot swing to and fro: within e = 5 a r of 0 for steps of size a, since the curvature of r TV is at most
    8 r / e and a descent needs steps below 2 / curvature.
    """

    title: ClassVar[str] = "MAP restoration"
    summary: ClassVar[str] = "what changes when the image is moved towards the most likely healthy one"
    formula: ClassVar[str] = "|x_T − x| after steps down rec + KL + r TV(x_t − x)"
    source: ClassVar[str] = "You et al., 2019"
    colour: ClassVar[str] = "#117733"
    dash: ClassVar[str] = "2px,2px"
    marker: ClassVar[str] = "pentagon"
    order: ClassVar[int] = 80
    needs: ClassVar[tuple[str, ...]] = ("x_hat", "grad_rec", "grad_kl")
    iterative: ClassVar[bool] = True

    steps: int = setting(100, "how many", minimum=1, maximum=500)
    rate: float = setting(2e-3, "step size", minimum=0.0, maximum=0.05)
    smoothness: float = setting(2.2, "weight r of the change's total variation", minimum=0.0, maximum=100.0)

    def maps(self, evidence: Evidence, calibration: HealthyScores | None = None) -> Iterator[ScoreMap]:
        x, rows = evidence.x, torch.arange(len(evidence.x), device=evidence.x.device)
        roundness = max(5 * self.rate * self.smoothness, ROUNDNESS)
        for step in range(1, self.steps + 1):
            here = evidence.elsewhere(x, rows)
            variation, slope = total_variation(x - evidence.x, roundness)
            loss = here.parts["rec"] + evidence.beta * here.parts["kl"] + self.smoothness * variation
            gradient = here.loss_gradient(evidence.beta).add_(slope, alpha=self.smoothness)
            x = x.sub(gradient.clamp_(-LARGEST, LARGEST), alpha=self.rate)
            yield ScoreMap((x - evidence.x).abs(), step, restored=x, curves={"energy": loss, "tv": variation})


def total_variation(maps: Tensor, roundness: float = ROUNDNESS) -> tuple[Tensor, Tensor]:
    """Sum of absolute differences of neighbours, rounded off at 0, and its gradient.

        sum over neighbours of sqrt(d^2 + e^2) - e

    Args:
        maps: (B, 1, H, W).
        roundness: e, intensity.

    Returns:
        (B,) and (B, 1, H, W).
    """
    total, gradient = maps.new_zeros(len(maps)), torch.zeros_like(maps)
    for axis in (2, 3):
        d = maps.diff(dim=axis)
        rounded = d.square().add_(roundness**2).sqrt_()
        total += rounded.sum((1, 2, 3)) - roundness * d[0].numel()
        slope = d.div_(rounded)
        length = maps.shape[axis] - 1
        gradient.narrow(axis, 1, length).add_(slope)
        gradient.narrow(axis, 0, length).sub_(slope)
    return total, gradient
