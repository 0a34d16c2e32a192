"""The intensity of the image itself: the baseline without a model.

Meissen, Kaissis and Rueckert: Challenging current semi-supervised anomaly segmentation methods for brain MRI,
2021, arXiv 2109.06023: a threshold on FLAIR beats many published methods.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

from explorer.contracts import ScoreMap
from explorer.evidence import Evidence
from explorer.predictors.base import PREDICTORS, HealthyScores, Predictor
from explorer.settings import setting


@PREDICTORS.register("intensity")
@dataclass(frozen=True)
class Intensity(Predictor):
    """`bright`: x; `deviation`: |x - m|, m the median intensity of healthy foreground pixels."""

    title: ClassVar[str] = "Intensity"
    summary: ClassVar[str] = "how bright a pixel is, without any model: the baseline to beat"
    source: ClassVar[str] = "Meissen, Kaissis and Rueckert, 2021, arXiv 2109.06023"
    colour: ClassVar[str] = "#E69F00"
    dash: ClassVar[str] = "dot"
    marker: ClassVar[str] = "circle"
    order: ClassVar[int] = 0
    scale: ClassVar[tuple[float, float] | None] = (0.0, 1.0)

    mode: Literal["bright", "deviation"] = setting(
        "bright",
        "bright: the intensity; deviation: its distance from the healthy median",
        choices=("bright", "deviation"),
    )

    def maps(self, evidence: Evidence, calibration: HealthyScores | None = None) -> Iterator[ScoreMap]:
        if self.mode == "bright":
            yield ScoreMap(evidence.x)
            return
        if calibration is None:
            raise ValueError(
                "intensity with mode 'deviation' needs a calibrated model, got none; use mode 'bright'"
            )
        median = calibration.quantile("intensity", evidence.beta, 0.5).to(evidence.x)
        yield ScoreMap((evidence.x - median.view(-1, 1, 1, 1)).abs())
