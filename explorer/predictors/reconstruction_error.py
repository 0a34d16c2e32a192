"""The difference between an image and its reconstruction.

The common predictor of Zimmerer et al., 2019, arXiv 1907.02796, Zhou et al., 2020, arXiv 2005.10686, and
Naval Marimont and Tarroni, 2020, arXiv 2012.06765.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

import torch
from torch import Tensor

from explorer.contracts import ScoreMap
from explorer.evidence import Evidence
from explorer.predictors.base import PREDICTORS, HealthyScores, Predictor
from explorer.predictors.filters.extremes import maximum_filter, minimum_filter
from explorer.predictors.filters.gaussian import SIGMA, smooth
from explorer.settings import setting


@PREDICTORS.register("reconstruction-error")
@dataclass(frozen=True)
class ReconstructionError(Predictor):
    """|x - x_hat|, or its square, of all pixels or of those brighter or darker than x_hat; smoothed.

    With a tolerance: how far x lies outside of the values that x_hat takes within so many pixels, so that an
    image that is its reconstruction with edges moved by no more than that has no error. This option is ours:
    where reconstructions blur or misplace folds, the difference at edges is as large as that of a lesion.
    """

    title: ClassVar[str] = "Reconstruction error"
    summary: ClassVar[str] = "how far a pixel is from what the model reconstructs"
    formula: ClassVar[str] = "|x − x̂|"
    source: ClassVar[str] = "Zimmerer et al., 2019, arXiv 1907.02796; Zhou et al., 2020, arXiv 2005.10686"
    colour: ClassVar[str] = "#AA3388"
    dash: ClassVar[str] = "solid"
    marker: ClassVar[str] = "square"
    order: ClassVar[int] = 10
    needs: ClassVar[tuple[str, ...]] = ("x_hat",)

    form: Literal["absolute", "squared"] = setting(
        "absolute", "how the difference is measured", choices=("absolute", "squared")
    )
    sign: Literal["both", "brighter", "darker"] = setting(
        "both",
        "where the difference counts: everywhere, or where the image is brighter or darker than expected",
        choices=("both", "brighter", "darker"),
        formerly={"sign": {"positive": "brighter"}},
    )
    tolerance: int = setting(0, "pixels by which an edge may be misplaced", minimum=0, maximum=8)
    sigma: float = setting(
        0.0,
        "width of the Gaussian that smooths the map, pixels; 0: none",
        minimum=0.0,
        maximum=SIGMA,
        formerly={"smooth": {"true": SIGMA, "false": 0.0}},
    )

    def maps(self, evidence: Evidence, calibration: HealthyScores | None = None) -> Iterator[ScoreMap]:
        yield ScoreMap(evidence.memo(self, lambda: self._error(evidence)))

    def _error(self, evidence: Evidence) -> Tensor:
        x, low, high = evidence.x, evidence.x_hat, evidence.x_hat
        if self.tolerance:
            size = 2 * self.tolerance + 1
            low, high = minimum_filter(low, size), maximum_filter(high, size)
        brighter, darker = x - high, low - x
        signs = {"both": torch.maximum(brighter, darker), "brighter": brighter, "darker": darker}
        error = signs[self.sign].clamp(min=0)
        return smooth(error.square() if self.form == "squared" else error, self.sigma)
