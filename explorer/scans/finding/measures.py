"""How well a map finds the anomalies of a mask: pixel by pixel, and lesion by lesion."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from explorer.evaluation.curves import auroc, average_precision, best_dice, dice_at
from explorer.evaluation.histogram import ScoreHistogram
from explorer.evaluation.report import number
from explorer.scans.finding.lesions import Detection, detect, pixels_of
from explorer.scans.placing.preparing import Prepared

LEAST_TOLD = 0.005
"""Share of a mask that must be outside for it to be told."""

MOST_OUTSIDE = 0.5
"""Share from which the mask may be of another scan."""


@dataclass(frozen=True, eq=False)
class Measured:
    """A map against a mask.

    Attributes:
        histogram: scores of the foreground's pixels in the scored images.
        figures: `auroc`, `average_precision`, `best_dice` (its threshold chosen on this very scan) and `dice`
            at the threshold; None where the foreground is all healthy or all anomalous.
        detection: lesions found at the threshold, and false alarms.
        unscored: share of the mask's voxels that were not scored: outside the brain or the field of view.
    """

    histogram: ScoreHistogram
    figures: dict[str, float | None]
    detection: Detection
    unscored: float = 0.0

    @property
    def warning(self) -> str:
        """Says how much of the mask was not scored; empty where that is next to nothing."""
        if self.unscored < LEAST_TOLD:
            return ""
        doubt = (
            " It may be the mask of another scan, or the brain was not found."
            if self.unscored > MOST_OUTSIDE
            else ""
        )
        return (
            f"{100 * self.unscored:.0f} % of the mask was not scored, as it lies outside the brain or the "
            f"field of view; figures are of the rest, lesions found of all.{doubt}"
        )


def measure(values: Tensor, mask: NDArray[np.bool_], prepared: Prepared, threshold: float) -> Measured:
    """Measure a map.

    Args:
        values: scores, (N, 1, H, W); NaN in images not scored.
        mask: of the anomalies, shape of the scan.
        prepared: the scan before the model.
        threshold: lowest score that counts as anomalous.
    """
    histogram = ScoreHistogram.of(values, prepared.mask_to_model(mask), prepared.foregrounds)
    figures = {
        "auroc": number(auroc(histogram)),
        "average_precision": number(average_precision(histogram)),
        "best_dice": number(best_dice(histogram).dice),
        "dice": number(dice_at(histogram, threshold)),
    }
    foreground = prepared.foregrounds[:, 0].numpy()
    detection = detect(values[:, 0].numpy(), foreground, mask, prepared.placement, threshold)
    return Measured(histogram, figures, detection, _unscored(mask, foreground, prepared))


def _unscored(mask: NDArray[np.bool_], foreground: NDArray[np.bool_], prepared: Prepared) -> float:
    """Share of the mask's voxels whose pixel is not of the foreground, or that lie in none."""
    voxels = np.argwhere(mask)
    pixels, inside = pixels_of(voxels, prepared.placement)
    scored = int(np.count_nonzero(foreground[tuple(pixels[inside].T)]))
    return 1 - scored / len(voxels) if len(voxels) else 0.0
