"""What all predictors share: settings, a description, and the maps they yield."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Protocol

from torch import Tensor

from explorer.contracts import ScoreMap
from explorer.evidence import Evidence
from explorer.registry import Registry
from explorer.settings import check_settings


class HealthyScores(Protocol):
    """How predictors score healthy pixels; `explorer.calibration.Calibration` is the one there is."""

    def quantile(self, name: str, beta: Tensor | float, level: float) -> Tensor:
        """The score of predictor `name` that a fraction `level` of healthy pixels does not exceed, (B,)."""
        ...

    def percentile(self, name: str, beta: Tensor | float, scores: Tensor) -> Tensor:
        """The fraction of healthy pixels that score lower, in [0, 1], (B, 1, H, W)."""
        ...


@dataclass(frozen=True)
class Predictor(ABC):
    """A method of localization with its settings.

    Attributes:
        title: short name for people.
        summary: one line for the page on what it measures.
        source: where it comes from.
        needs: the parts of the evidence that cost a pass of the network (`x_hat`, `grad_rec`, `grad_kl`).
        needs_calibration: whether it cannot do without healthy scores.
    """

    title: ClassVar[str]
    summary: ClassVar[str]
    source: ClassVar[str]
    needs: ClassVar[tuple[str, ...]] = ()
    needs_calibration: ClassVar[bool] = False

    def __post_init__(self) -> None:
        check_settings(self)

    @property
    def uses_scoring_beta(self) -> bool:
        """Whether its maps change with the scoring beta."""
        return False

    @abstractmethod
    def maps(self, evidence: Evidence, calibration: HealthyScores | None = None) -> Iterator[ScoreMap]:
        """Yield one map, or one after each step; the last is the answer.

        Args:
            evidence: what the model says of the batch.
            calibration: the model's scores on healthy pixels, for those that need them.

        Raises:
            ValueError: where a calibration is needed and there is none.
        """


PREDICTORS: Registry[type[Predictor]] = Registry("predictor", "explorer.predictors")


def score(predictor: Predictor, evidence: Evidence, calibration: HealthyScores | None = None) -> Tensor:
    """The values of a predictor's last map, (B, 1, H, W); other predictors share them: do not change them."""
    for scored in predictor.maps(evidence, calibration):
        last = scored.values
    return last
