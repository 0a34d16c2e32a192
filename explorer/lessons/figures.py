"""Figures of a state that lessons speak of, computed when they are asked for."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import ndimage

from explorer.evaluation.calibration import LEVELS
from explorer.evaluation.curves import auroc, average_precision, best_dice, dice_at
from explorer.evaluation.histogram import ScoreHistogram
from explorer.looking.healthy import quantiles
from explorer.looking.scene import Scene, resolve
from explorer.looking.state import State
from explorer.looking.view import SliceView, look

STEEP = 0.8
"""Share of the healthy pixels that lie where the image changes less than at what counts as its edges."""
HEALTHY = 0.99
"""Share of healthy pixels that score below the healthy threshold."""


@dataclass(frozen=True, eq=False)
class Looked:
    """A state with what it shows."""

    state: State

    @cached_property
    def scene(self) -> Scene:
        return resolve(self.state)

    @cached_property
    def view(self) -> SliceView:
        """One pass of the network; many for predictors that take many."""
        return look(self.scene)

    @property
    def error(self) -> NDArray[np.float32]:
        """|x - x_hat|, (H, W)."""
        return np.abs(self.view.case.image.numpy() - self.view.x_hat)

    @property
    def lesion(self) -> NDArray[np.bool_]:
        """The anomalous pixels that count, (H, W)."""
        found: NDArray[np.bool_] = (self.view.case.mask & self.view.case.source.counted).numpy()
        return found

    @property
    def healthy(self) -> NDArray[np.bool_]:
        """The healthy pixels that count, (H, W)."""
        found: NDArray[np.bool_] = (~self.view.case.mask & self.view.case.source.counted).numpy()
        return found

    @property
    def edges(self) -> NDArray[np.bool_]:
        """The fifth of the healthy pixels where the image changes most, (H, W)."""
        slope = ndimage.gaussian_gradient_magnitude(self.view.case.image.numpy(), 1.0)
        found: NDArray[np.bool_] = self.healthy & (slope > np.quantile(slope[self.healthy], STEEP))
        return found

    def scores(self, predictor: str) -> NDArray[np.float32]:
        """The map of a predictor that the state shows; ValueError where it shows none."""
        if predictor not in self.view.maps:
            raise ValueError(f"{predictor} is none of its maps: {', '.join(self.view.maps)}")
        return self.view.maps[predictor]

    def histogram(self, predictor: str) -> ScoreHistogram:
        """Of the pixels that count."""
        self.scores(predictor)
        return self.view.histograms[predictor]

    def with_background(self, predictor: str) -> ScoreHistogram:
        """Of all pixels of the image."""
        mask = self.view.case.mask
        return ScoreHistogram.of(torch.from_numpy(self.scores(predictor)), mask, torch.ones_like(mask))

    def threshold(self, predictor: str) -> float:
        """What 99 % of the pixels of healthy images score below, as the page marks it."""
        self.scores(predictor)
        state = self.state
        (row,) = quantiles(self.scene, predictor, [state.beta], [state.scoring_beta])
        return float(row[LEVELS.index(HEALTHY)])


def _mean(values: NDArray[Any], where: NDArray[np.bool_]) -> float:
    """NaN where there is nothing."""
    return float(values[where].mean()) if where.any() else math.nan


def _above(of: Looked, name: str, threshold: float) -> float:
    """The share of healthy pixels that score above."""
    return _mean(of.scores(name) > threshold, of.healthy)


def _highest(of: Looked, name: str) -> float:
    return float(of.scores(name)[of.lesion | of.healthy].max())


OF_THE_SLICE: Mapping[str, Callable[[Looked], float]] = {
    "beta": lambda of: of.state.beta,
    "rec": lambda of: of.view.rec,
    "kl": lambda of: of.view.kl,
    "elbo": lambda of: of.view.elbo,
    "share": lambda of: _mean(of.lesion, of.lesion | of.healthy),
    "error": lambda of: _mean(of.error, of.healthy),
    "error_in_lesion": lambda of: _mean(of.error, of.lesion),
    "error_at_edges": lambda of: _mean(of.error, of.edges),
    "error_elsewhere": lambda of: _mean(of.error, of.healthy & ~of.edges),
}
"""Figures by name. Errors are means of |x - x_hat|; over healthy pixels unless the name says otherwise."""
OF_A_MAP: Mapping[str, Callable[[Looked, str], float]] = {
    "ap": lambda of, name: average_precision(of.histogram(name)),
    "auroc": lambda of, name: auroc(of.histogram(name)),
    "auroc_with_background": lambda of, name: auroc(of.with_background(name)),
    "best_dice": lambda of, name: best_dice(of.histogram(name)).dice,
    "dice_at_threshold": lambda of, name: dice_at(of.histogram(name), of.threshold(name)),
    "score_in_lesion": lambda of, name: _mean(of.scores(name), of.lesion),
    "score_elsewhere": lambda of, name: _mean(of.scores(name), of.healthy),
    "highest": _highest,
    "threshold": lambda of, name: of.threshold(name),
    "above_threshold": lambda of, name: _above(of, name, of.threshold(name)),
    "above_half": lambda of, name: _above(of, name, _highest(of, name) / 2),
}
"""Figures of a map by name. Scores are means; the threshold is what 99 % of healthy pixels score below; the
last two are shares of healthy pixels, above it and above half of the image's own highest score."""

NAME = re.compile(r"(?:(?P<state>[a-z_]+)\.)?(?P<figure>[a-z_]+)(?::(?P<map>[a-z-]+))?")


@dataclass(frozen=True)
class Figures:
    """Figures of a step's state and of those that it is compared with.

    Attributes:
        looked: by name; the step's own state has the empty name.
    """

    looked: Mapping[str, Looked]

    def __getitem__(self, text: str) -> float:
        """The figure that a text names, `[state.]figure[:map]`.

        Raises:
            ValueError: where a part of the name is unknown, or the figure is not defined.
        """
        found = NAME.fullmatch(text)
        if found is None or (found["state"] or "") not in self.looked:
            raise ValueError(f"{text!r} is no figure; write [state.]figure[:map], states: {self._states()}")
        looked, name, of_map = self.looked[found["state"] or ""], found["figure"], found["map"]
        if of_map is None and name in OF_THE_SLICE:
            value = OF_THE_SLICE[name](looked)
        elif of_map is not None and name in OF_A_MAP:
            value = OF_A_MAP[name](looked, of_map)
        else:
            known = ", ".join([*OF_THE_SLICE, *(f"{one}:MAP" for one in OF_A_MAP)])
            raise ValueError(f"{text!r} is no figure; known: {known}")
        if math.isnan(value):
            raise ValueError(f"{text!r} is not defined in this slice, where no pixel is healthy or anomalous")
        return value

    def _states(self) -> str:
        return ", ".join(name for name in self.looked if name) or "none but its own"
