"""How well a map finds the anomalies of a mask: pixel by pixel, and lesion by lesion."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from torch import Tensor

from explorer.evaluation.curves import auroc, average_precision, best_dice, dice_at
from explorer.evaluation.histogram import ScoreHistogram
from explorer.evaluation.report import number
from explorer.scans.finding.lesions import TOUCHING, Detection, detect, pixels_of
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
            at the threshold; None where they are undefined.
        detection: lesions found at the threshold, and false alarms.
        unscored: share of the mask's voxels that were not scored: outside the brain or the field of view.
        vanished: parts of the mask that no pixel of the model's grid shows, as they are smaller than one.
        undefined: why figures are None, as a clause; empty where none is.
    """

    histogram: ScoreHistogram
    figures: dict[str, float | None]
    detection: Detection
    unscored: float = 0.0
    vanished: int = 0
    undefined: str = ""

    @property
    def warnings(self) -> list[str]:
        """Sentences on what of the mask was not scored, and on what of it vanished."""
        return [told for told in (self._on_unscored, self._on_vanished) if told]

    @property
    def _on_vanished(self) -> str:
        total = self.detection.total
        if not self.vanished:
            return ""
        which, they = (
            ("The mask vanishes", "it")
            if self.vanished == total
            else (f"Of the {total} parts of the mask {self.vanished} vanish", "these")
        )
        return (
            f"{which} on the model's grid: no pixel has its centre there, so figures by pixels do not count "
            f"{they}; lesions found do."
        )

    @property
    def _on_unscored(self) -> str:
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
    seen = prepared.mask_to_model(mask)
    histogram = ScoreHistogram.of(values, seen, prepared.foregrounds)
    anomalous = histogram.anomalous > 0
    figures = {
        "auroc": number(auroc(histogram)),
        "average_precision": number(average_precision(histogram)),
        "best_dice": number(best_dice(histogram).dice),
        "dice": number(dice_at(histogram, threshold)) if anomalous else None,
    }
    foreground = prepared.foregrounds[:, 0].numpy()
    detection = detect(values[:, 0].numpy(), foreground, mask, prepared.placement, threshold)
    vanished = _vanished(mask, seen[:, 0].numpy(), prepared)
    undefined = _undefined(mask, seen, histogram)
    return Measured(histogram, figures, detection, _unscored(mask, foreground, prepared), vanished, undefined)


def _undefined(mask: NDArray[np.bool_], seen: Tensor, histogram: ScoreHistogram) -> str:
    """Why there are no figures by pixels, as a clause; empty where there are."""
    if histogram.anomalous and histogram.healthy:
        return ""
    if histogram.anomalous:
        return "the mask marks all that was scored, so that nothing is healthy"
    if not mask.any():
        return "the mask marks nothing, so that nothing is anomalous"
    where = "lies outside what was scored" if seen.any() else "shows on no pixel of the model's grid"
    return f"the mask {where}, so that nothing is anomalous"


def _vanished(mask: NDArray[np.bool_], seen: NDArray[np.bool_], prepared: Prepared) -> int:
    """How many parts of the mask lie within the model's grid and show on none of its pixels."""
    lesions, total = ndimage.label(mask, TOUCHING)
    voxels = np.argwhere(mask)
    _, inside = pixels_of(voxels, prepared.placement)
    within = np.unique(lesions[tuple(voxels[inside].T)])
    shown = prepared.placement.labels_to_model(lesions)
    return len(np.setdiff1d(within, shown[seen]))


def _unscored(mask: NDArray[np.bool_], foreground: NDArray[np.bool_], prepared: Prepared) -> float:
    """Share of the mask's voxels whose pixel is not of the foreground, or that lie in none."""
    voxels = np.argwhere(mask)
    pixels, inside = pixels_of(voxels, prepared.placement)
    scored = int(np.count_nonzero(foreground[tuple(pixels[inside].T)]))
    return 1 - scored / len(voxels) if len(voxels) else 0.0
