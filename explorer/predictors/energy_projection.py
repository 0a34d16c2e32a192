"""Projection onto the images that the model knows, by descending an energy.

Dehaene, Frigo, Combrexelle and Eline: Iterative energy-based projection on a normal data manifold for anomaly
localization, 2020, arXiv 2002.03734.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import torch

from explorer.contracts import ScoreMap
from explorer.evidence import Evidence
from explorer.predictors.base import PREDICTORS, HealthyScores, Predictor
from explorer.settings import setting


@PREDICTORS.register("energy-projection")
@dataclass(frozen=True)
class EnergyProjection(Predictor):
    """|x_T - x_0| after x_{t+1} = x_t - a dE/dx_t (x_t - x_hat_t)^2, E = |x_t - x_hat_t|^2 + l |x_t - x_0|_1.

    The gradient passes through the network. An image rests once its rec is as low as the lowest of healthy
    images at its beta.

    *Differs from the ports*, which detach x_hat and take means over pixels: with means, a step would shrink
    with the size of the image, so E is a sum. The lowest rec is that of the calibration's healthy images. The
    image stays in [0, 1], so that no step size lets it run away.
    """

    title: ClassVar[str] = "Energy projection"
    summary: ClassVar[str] = "what changes when the image is moved until the model reconstructs it well"
    formula: ClassVar[str] = (
        "|x_T − x|, x_t+1 = x_t − a (∂E / ∂x_t) (x_t − x̂_t)², E = |x_t − x̂_t|² + l |x_t − x|₁"
    )
    source: ClassVar[str] = "Dehaene et al., 2020, arXiv 2002.03734"
    colour: ClassVar[str] = "#009E73"
    dash: ClassVar[str] = "7px,2px,2px,2px"
    marker: ClassVar[str] = "triangle-down"
    order: ClassVar[int] = 90
    needs: ClassVar[tuple[str, ...]] = ("x_hat", "grad_rec")
    needs_calibration: ClassVar[bool] = True
    iterative: ClassVar[bool] = True

    steps: int = setting(100, "at most this many steps", minimum=1, maximum=500)
    rate: float = setting(0.5, "step size a", minimum=0.0, maximum=10.0)
    closeness: float = setting(0.05, "weight l of the distance from the image", minimum=0.0, maximum=10.0)

    def maps(self, evidence: Evidence, calibration: HealthyScores | None = None) -> Iterator[ScoreMap]:
        if calibration is None:
            raise ValueError("energy-projection needs a calibrated model, got none; choose another predictor")
        start = x = evidence.x
        goal = calibration.quantile("rec", evidence.beta, 0.0).to(x)  # (B,)
        to_error = 2 * evidence.s**2  # rec, nats, to |x - x_hat|^2
        energy = evidence.rec * to_error
        rows = torch.arange(len(x), device=x.device)
        for step in range(1, self.steps + 1):
            here = evidence.elsewhere(x[rows], rows)
            error, moved = here.parts["rec"] * to_error, x[rows] - start[rows]
            energy = energy.index_copy(0, rows, error + self.closeness * moved.abs().sum((1, 2, 3)))
            going = here.parts["rec"] > goal[rows]
            gradient = here.gradient("rec") * to_error + self.closeness * moved.sign()
            change = self.rate * gradient * (x[rows] - here.parts["x_hat"]).square()
            x = x.index_add(0, rows[going], -change[going]).clamp(0, 1)
            yield ScoreMap((x - start).abs(), step, restored=x, curves={"energy": energy})
            rows = rows[going]
            if not len(rows):
                return
