"""How well a map finds the anomalies of a mask: pixel by pixel, and lesion by lesion."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from explorer.evaluation.curves import auroc, average_precision, best_dice, dice_at
from explorer.evaluation.histogram import ScoreHistogram
from explorer.evaluation.report import number
from explorer.scans.finding.lesions import Detection, detect
from explorer.scans.placing.preparing import Prepared


@dataclass(frozen=True, eq=False)
class Measured:
    """A map against a mask.

    Attributes:
        histogram: scores of the foreground's pixels in the scored images.
        figures: `auroc`, `average_precision`, `best_dice` (its threshold chosen on this very scan) and `dice`
            at the threshold; None where the foreground is all healthy or all anomalous.
        detection: lesions found at the threshold, and false alarms.
    """

    histogram: ScoreHistogram
    figures: dict[str, float | None]
    detection: Detection


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
    return Measured(histogram, figures, detection)
