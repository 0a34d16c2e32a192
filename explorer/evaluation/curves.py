"""ROC, precision-recall and Dice, computed from a `ScoreHistogram`.

Positive means anomalous; a pixel is predicted positive where score >= threshold. Everything is a pure
function of the counts, in float64, as NumPy arrays on the CPU: that is what charts take. A rate whose
denominator is zero is NaN, without an exception or a warning, so a cohort without anomalies shows as "not
defined".
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from explorer.evaluation.histogram import ScoreHistogram, decode, encode

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class RocCurve:
    """The receiver operating characteristic, from (0, 0) to (1, 1), thresholds falling.

    Attributes:
        false_positive_rate: FP / (FP + TN), (N,), float64; NaN without healthy pixels.
        true_positive_rate: TP / (TP + FN), (N,), float64; NaN without anomalous pixels.
        thresholds: in units of the score, (N,), float32, the first infinite.
    """

    false_positive_rate: Floats
    true_positive_rate: Floats
    thresholds: NDArray[np.float32]

    def sensitivity_at(self, false_positive_rate: float) -> float:
        """The largest sensitivity of the thresholds that no more than this share of healthy pixels reach.

        Args:
            false_positive_rate: in [0, 1].

        Returns:
            A fraction; NaN without healthy or without anomalous pixels.
        """
        allowed = self.true_positive_rate[self.false_positive_rate <= false_positive_rate]
        return float(allowed[-1]) if len(allowed) else math.nan

    def thinned(self, max_points: int, lowest: float | None = None) -> RocCurve:
        """The curve at no more than `max_points` of its points, ends kept; for plotting.

        Args:
            max_points: at least 2, or 4 with `lowest`.
            lowest: where a logarithmic axis of false-positive rates begins; half of the points keep the shape
                on that axis. None: all keep it on the linear one.
        """
        false, true = self.false_positive_rate, self.true_positive_rate
        if lowest is None:
            kept = _shape_points(false, true, max_points)
        else:
            along = 1 - np.log10(np.maximum(false, lowest)) / math.log10(lowest)
            halves = (_shape_points(x, true, max_points // 2) for x in (false, along))
            kept = np.union1d(*halves)
        return RocCurve(self.false_positive_rate[kept], self.true_positive_rate[kept], self.thresholds[kept])


@dataclass(frozen=True, eq=False)
class PrCurve:
    """Precision over recall, thresholds falling; the first point is recall 0, precision 1 by convention.

    No threshold reaches that point: `reached` leaves it out.

    Attributes:
        recall: TP / (TP + FN), (N,), float64; NaN without anomalous pixels.
        precision: TP / (TP + FP), (N,), float64.
        thresholds: in units of the score, (N,), float32, the first infinite.
    """

    recall: Floats
    precision: Floats
    thresholds: NDArray[np.float32]

    def reached(self) -> PrCurve:
        """The curve from the highest score on; nothing without pixels."""
        return PrCurve(self.recall[1:], self.precision[1:], self.thresholds[1:])

    def thinned(self, max_points: int) -> PrCurve:
        """The curve at no more than `max_points` of its points, ends kept; for plotting."""
        kept = _shape_points(self.recall, self.precision, max_points)
        return PrCurve(self.recall[kept], self.precision[kept], self.thresholds[kept])


@dataclass(frozen=True)
class BestDice:
    """The largest Dice of any threshold; NaN both without anomalous pixels.

    Attributes:
        dice: 2 TP / (2 TP + FP + FN), in [0, 1].
        threshold: the score from which a pixel is predicted anomalous; the highest that reaches `dice`.
    """

    dice: float
    threshold: float


def roc(h: ScoreHistogram) -> RocCurve:
    """Compute the ROC curve, one point a code that occurs."""
    false, true = _positives(h)
    return RocCurve(_ratio(false, false[-1]), _ratio(true, true[-1]), _falling_thresholds(h))


def precision_recall(h: ScoreHistogram) -> PrCurve:
    """Compute the precision-recall curve, one point a code that occurs."""
    false, true = _positives(h)
    precision = _ratio(true, true + false)
    precision[0] = 1.0
    return PrCurve(_ratio(true, true[-1]), precision, _falling_thresholds(h))


def auroc(h: ScoreHistogram) -> float:
    """Compute P(anomalous > healthy) + P(anomalous = healthy) / 2, the area of the trapezoids under the ROC.

    Returns:
        AUROC in [0, 1]; NaN without healthy or without anomalous pixels.
    """
    if h.healthy == 0 or h.anomalous == 0:
        return math.nan
    false, true = _positives(h)
    return float(np.trapezoid(true, false) / (true[-1] * false[-1]))


def average_precision(h: ScoreHistogram) -> float:
    """Compute AP = sum_n (R_n - R_{n-1}) P_n over falling thresholds, as scikit-learn does.

    Returns:
        AP in [0, 1]; NaN without healthy or without anomalous pixels.
    """
    if h.healthy == 0 or h.anomalous == 0:
        return math.nan
    false, true = _positives(h)
    return float(np.sum(np.diff(true) * true[1:] / (true[1:] + false[1:])) / true[-1])


def best_dice(h: ScoreHistogram) -> BestDice:
    """Find the threshold with the largest Dice, all pixels of the cohort pooled."""
    if h.anomalous == 0:
        return BestDice(math.nan, math.nan)
    false, true = _positives(h)
    dice = 2 * true / (true + false + true[-1])
    best = int(dice.argmax())  # the first of several
    return BestDice(float(dice[best]), float(decode(h.codes[-best:][:1])) if best else math.inf)


def dice_at(h: ScoreHistogram, threshold: float) -> float:
    """Compute Dice = 2 TP / (2 TP + FP + FN) at one threshold.

    Args:
        h: the counts.
        threshold: in units of the score, any number or infinity; rounded down to the lower edge of its code,
            so exact for the thresholds of the curves and of `best_dice`.

    Returns:
        Dice in [0, 1]; NaN without any pixel above the threshold or anomalous.

    Raises:
        ValueError: if the threshold is NaN.
    """
    if math.isnan(threshold):
        raise ValueError("threshold must be a number or infinity, got nan; choose a score")
    code = encode(torch.tensor(threshold, dtype=torch.float32)).item()
    counts = h.counts.numpy()
    start = int(np.searchsorted(h.codes.numpy(), code))
    false, true = counts[:, start:].sum(axis=1, dtype=np.float64)
    return float(_ratio(2 * true, true + false + h.anomalous))


def _positives(h: ScoreHistogram) -> tuple[Floats, Floats]:
    """False and true positives over falling thresholds, (N + 1,) each, from none to all."""
    positives = np.zeros((2, len(h.codes) + 1))
    np.cumsum(h.counts.numpy()[:, ::-1], axis=1, out=positives[:, 1:])
    return positives[0], positives[1]


def _falling_thresholds(h: ScoreHistogram) -> NDArray[np.float32]:
    thresholds: NDArray[np.float32] = h.thresholds.numpy()
    return np.concatenate([np.full(1, np.inf, np.float32), thresholds[::-1]])


def _ratio(part: Floats, whole: Floats) -> Floats:
    with np.errstate(invalid="ignore"):
        return np.divide(part, whole)


def _shape_points(x: Floats, y: Floats, max_points: int) -> NDArray[np.int64]:
    """Choose the points that keep the shape of a polyline: one in each equal part of its length.

    What lies between two chosen points strays from their chord by less than that part of the length.

    Args:
        x: coordinates, (N,); NaN counts as 0.
        y: coordinates, (N,); NaN counts as 0.
        max_points: at least 2.

    Returns:
        Increasing indices, (M,), M <= max_points, with 0 and N - 1 among them.
    """
    if max_points < 2:
        raise ValueError(f"max_points must be at least 2 to keep both ends, got {max_points}")
    if len(x) <= max_points:
        return np.arange(len(x))
    steps = np.hypot(np.diff(np.nan_to_num(x)), np.diff(np.nan_to_num(y)))
    length = np.concatenate([[0.0], np.cumsum(steps)])
    inner = np.searchsorted(length, np.linspace(0, length[-1], max_points)[1:-1])
    return np.unique(np.concatenate([[0], inner, [len(x) - 1]]))
