"""The intensity of the image itself: the baseline without a model.

Meissen, Kaissis and Rueckert: Challenging current semi-supervised anomaly segmentation methods for brain MRI,
2021, arXiv 2109.06023: a threshold on FLAIR beats many published methods. Smoothing is ours: the honest
baseline beside smoothed residuals.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

from explorer.contracts import ScoreMap
from explorer.evidence import Evidence
from explorer.predictors.base import PREDICTORS, HealthyScores, Predictor
from explorer.predictors.filters.gaussian import SIGMA, smooth_inside
from explorer.settings import setting


@PREDICTORS.register("intensity")
@dataclass(frozen=True)
class Intensity(Predictor):
    """`bright`: x; `dark`: 1 - x; `deviation`: |x - m|, m the healthy median of x. x may be smoothed."""

    title: ClassVar[str] = "Intensity"
    summary: ClassVar[str] = "how bright a pixel is, without any model: the baseline to beat"
    formula: ClassVar[str] = "x; dark: 1 − x; deviation: |x − the healthy median|"
    source: ClassVar[str] = "Meissen, Kaissis and Rueckert, 2021, arXiv 2109.06023"
    colour: ClassVar[str] = "#E69F00"
    dash: ClassVar[str] = "dot"
    marker: ClassVar[str] = "circle"
    order: ClassVar[int] = 0

    mode: Literal["bright", "dark", "deviation"] = setting(
        "bright",
        "bright: the intensity; dark: 1 less the intensity; deviation: its distance from the healthy median",
        choices=("bright", "dark", "deviation"),
    )
    sigma: float = setting(
        0.0, "width of the Gaussian that smooths the image, pixels; 0: none", minimum=0.0, maximum=SIGMA
    )

    @property
    def scale(self) -> tuple[float, float] | None:
        return None if self.mode == "deviation" else (0.0, 1.0)

    @property
    def compared(self) -> tuple[Predictor, ...]:
        return (Intensity(),) if self.mode == "deviation" else ()

    def maps(self, evidence: Evidence, calibration: HealthyScores | None = None) -> Iterator[ScoreMap]:
        x = evidence.memo(("intensity", self.sigma), lambda: smooth_inside(evidence.x, self.sigma))
        if self.mode == "bright":
            yield ScoreMap(x)
        elif self.mode == "dark":
            yield ScoreMap(1 - x)
        elif calibration is None:
            raise ValueError(
                "intensity with mode 'deviation' needs a calibrated model, got none; use mode 'bright'"
            )
        else:
            median = calibration.quantile("intensity", evidence.beta, 0.5).to(x)
            yield ScoreMap((x - median.view(-1, 1, 1, 1)).abs())
