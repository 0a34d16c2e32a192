"""How healthy pixels score under the page's settings: the source of colour bars and percentiles.

A model's files hold healthy quantiles of predictors with their default settings and with others that were
added, the scoring beta following the training beta. For all else they are taken from some healthy slices at a
few nodes: two training betas a decade and, for predictors that use it, four scoring betas a decade and 0.
Between nodes they are interpolated linearly, in the logarithm of the training beta as on the card, and in the
scoring beta itself, of which a gradient is a linear function. On the brain this strays from the quantiles
proper by about 2 %, at most 5 %. For predictors of many passes fewer slices must do, at the one node nearest
in the logarithm.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from explorer.datasets import reference_of
from explorer.evaluation.calibrating import BETAS_PER_DECADE, FEW_SLICES, spaced
from explorer.evaluation.calibration import LEVELS
from explorer.evidence import observe
from explorer.looking import caches, server
from explorer.looking.scene import Scene
from explorer.predictors import PREDICTORS, Predictor, healthy_name, score

Floats = NDArray[np.float64]

LOW_LEVEL, TOP_LEVEL, MARK_LEVEL = 0.2, 0.999, 0.99
"""Fractions of healthy pixels whose scores are the two ends of a map's colour bar and the mark on it."""
UPPER_LEVEL = 0.9
"""Fraction of healthy pixels that lie in the lower half of a colour bar at least: its lower end is raised
where else more of them would glow, as in maps of percentiles, whose healthy scores lie evenly in [0, 1]."""
RESIDUAL = "reconstruction-error"
"""The predictor on whose healthy scores the signed residual is shown."""
FEWEST_SLICES, SCORING_BETAS_PER_DECADE = 4, 4
"""Healthy slices where many passes are taken, and nodes along the scoring beta."""


def quantiles(scene: Scene, name: str, betas: Sequence[float], scoring_betas: Sequence[float]) -> Floats:
    """Scores of a predictor that `LEVELS` of healthy pixels do not exceed.

    Args:
        scene: the page's; its own betas do not count.
        name: of a predictor of its state.
        betas: training betas, F of them.
        scoring_betas: the weight of the KL term that goes with each, F of them.

    Returns:
        (F, Q), float64, non-decreasing along the levels.
    """
    return _quantiles(scene, scene.state.predictors[name], betas, scoring_betas)


def colour_bars(scene: Scene, name: str, rows: Floats) -> Floats:
    """Low end, high end and mark of a predictor's colour bar, the same for every image.

    Args:
        scene: the page's.
        name: of a predictor of its state.
        rows: its healthy quantiles, (F, Q).

    Returns:
        (F, 3), float64.
    """
    scale = scene.state.predictors[name].scale
    low, high = bar_ends(rows) if scale is None else (np.full(len(rows), end) for end in scale)
    return np.stack((low, high, rows[:, LEVELS.index(MARK_LEVEL)]), axis=-1)


def bar_ends(rows: Floats) -> tuple[Floats, Floats]:
    """Ends of the colour bar that healthy quantiles at `LEVELS` give, (..., Q) -> (...) each.

    At most a tenth of the healthy pixels lie in its upper half, but where more share one score.
    """
    low, upper, high = (rows[..., LEVELS.index(level)] for level in (LOW_LEVEL, UPPER_LEVEL, TOP_LEVEL))
    return np.where(upper < high, np.maximum(low, 2 * upper - high), low), high


def healthy_pixels(dataset: str) -> str:
    """Which pixels stand behind healthy scores on a dataset, for people."""
    return f"foreground of calibration slices of {reference_of(dataset)}, none of them shown here"


def residual_bar(scene: Scene, betas: Sequence[float]) -> Floats:
    """The magnitude at which the signed residual's colour bar ends, (F,)."""
    rows = _quantiles(scene, PREDICTORS[RESIDUAL](), betas, betas)
    found: Floats = rows[:, LEVELS.index(TOP_LEVEL)]
    return found


def _quantiles(
    scene: Scene, predictor: Predictor, betas: Sequence[float], scoring_betas: Sequence[float]
) -> Floats:
    name = healthy_name(predictor)
    if scene.healthy is not None and scene.healthy.knows(name):
        grid, levels = (torch.tensor(values, dtype=torch.float64) for values in (betas, LEVELS))
        rows = scene.healthy.quantile(name, grid, levels).numpy()
        own = np.not_equal(betas, scoring_betas) & predictor.uses_scoring_beta
    else:
        rows = np.empty((len(betas), len(LEVELS)))
        own = np.full(len(betas), True)
    for i in np.flatnonzero(own).tolist():
        rows[i] = _between_nodes(scene, predictor, betas[i], scoring_betas[i])
    return rows


def _between_nodes(scene: Scene, predictor: Predictor, beta: float, scoring_beta: float) -> Floats:
    """Quantiles at one pair of betas, (Q,)."""
    nodes, scoring_nodes = _nodes(*scene.model.beta_range)
    apart = predictor.uses_scoring_beta and scoring_beta != beta
    total = np.zeros(len(LEVELS))
    places = _around(math.log(beta), [math.log(node) for node in nodes])
    if predictor.iterative:
        places = [(max(places, key=lambda found: found[1])[0], 1.0)]
    for place, weight in places:
        node = nodes[place]
        table = _at_node(scene, predictor, node, scoring_nodes if apart else (node,))
        for row, share in _around(scoring_beta, scoring_nodes) if apart else [(0, 1.0)]:
            total += weight * share * table[row]
    return total


def _nodes(low: float, high: float) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The training betas and scoring betas at which quantiles are taken."""
    return spaced(low, high, BETAS_PER_DECADE), (0.0, *spaced(low, high, SCORING_BETAS_PER_DECADE))


def _around(value: float, nodes: Sequence[float]) -> list[tuple[int, float]]:
    """Places and weights of the nodes to either side of a value, the nearest end beyond the ends.

    Weights of less than a millionth, which rounding leaves at a node, are dropped.
    """
    place = float(np.interp(value, nodes, range(len(nodes))))
    left, rest = int(place), place % 1
    return [(i, weight) for i, weight in ((left, 1 - rest), (left + 1, rest)) if weight > 1e-6]


def _at_node(scene: Scene, predictor: Predictor, beta: float, scoring_betas: tuple[float, ...]) -> Floats:
    """Quantiles at one training beta and each scoring beta, (S, Q); remembered."""
    name = reference_of(scene.state.dataset)
    key = (scene.model_key, name, beta, scoring_betas, predictor)

    def make() -> Floats:
        count = FEWEST_SLICES if predictor.iterative else FEW_SLICES
        healthy = server.healthy_slices(name, count)
        x = healthy.images.to(server.device())
        evidence = observe(scene.model, x, beta, conditions=healthy.conditions)
        turn = server.network()
        maps = (score(predictor, evidence.rescored(b), scene.healthy, turn).cpu() for b in scoring_betas)
        rows = [np.quantile(values[healthy.foregrounds].numpy(), LEVELS) for values in maps]
        return np.stack(rows).astype(np.float64)

    return caches.QUANTILES.get_or_make(key, make)
