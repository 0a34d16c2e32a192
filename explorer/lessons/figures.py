"""Figures of a state that lessons speak of, computed when they are asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import ndimage

from explorer.evaluation.curves import auroc, average_precision, best_dice
from explorer.evaluation.histogram import ScoreHistogram
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
        """What 99 % of the pixels of the model's healthy images score below."""
        if self.scene.healthy is None:
            raise ValueError("there are no healthy scores of this dataset")
        return float(self.scene.healthy.quantile(predictor, self.state.beta, HEALTHY))


def _mean(values: NDArray[np.float32], where: NDArray[np.bool_]) -> float:
    return float(values[where].mean())


OF_THE_SLICE: Mapping[str, Callable[[Looked], float]] = {
    "beta": lambda of: of.state.beta,
    "rec": lambda of: of.view.rec,
    "kl": lambda of: of.view.kl,
    "elbo": lambda of: of.view.elbo,
    "share": lambda of: float(of.lesion.sum() / (of.lesion.sum() + of.healthy.sum())),
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
    "score_in_lesion": lambda of, name: _mean(of.scores(name), of.lesion),
    "score_elsewhere": lambda of, name: _mean(of.scores(name), of.healthy),
    "above_threshold": lambda of, name: _mean(
        (of.scores(name) > of.threshold(name)).astype(np.float32), of.healthy
    ),
}
"""Figures of a map by name: scores are means; the last is the share of healthy pixels above the threshold."""

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
            ValueError: where a part of the name is unknown.
        """
        found = NAME.fullmatch(text)
        if found is None or (found["state"] or "") not in self.looked:
            raise ValueError(f"{text!r} is no figure; write [state.]figure[:map], states: {self._states()}")
        looked, name, of_map = self.looked[found["state"] or ""], found["figure"], found["map"]
        if of_map is None and name in OF_THE_SLICE:
            return OF_THE_SLICE[name](looked)
        if of_map is not None and name in OF_A_MAP:
            return OF_A_MAP[name](looked, of_map)
        known = ", ".join([*OF_THE_SLICE, *(f"{one}:MAP" for one in OF_A_MAP)])
        raise ValueError(f"{text!r} is no figure; known: {known}")

    def _states(self) -> str:
        return ", ".join(name for name in self.looked if name) or "none but its own"
