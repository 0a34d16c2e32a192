"""The image's distance from the middle of the range, as a predictor to be thrown away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from explorer.contracts import ScoreMap
from explorer.evidence import Evidence
from explorer.predictors.base import PREDICTORS, HealthyScores, Predictor
from explorer.settings import setting


@PREDICTORS.register("a-throwaway")
@dataclass(frozen=True)
class Distance(Predictor):
    """|x - middle|."""

    title: ClassVar[str] = "Throwaway"
    summary: ClassVar[str] = "how far a pixel is from a grey"
    formula: ClassVar[str] = "|x − grey|"
    source: ClassVar[str] = "made for a test"

    middle: float = setting(0.5, "the grey", minimum=0.0, maximum=1.0)

    def maps(self, evidence: Evidence, calibration: HealthyScores | None = None) -> Iterator[ScoreMap]:
        yield ScoreMap((evidence.x - self.middle).abs())
