"""The baseline without a model and the residual of the model, together.

Meissen, Kaissis and Rueckert, 2021, arXiv 2109.06023: a threshold on FLAIR beats many published methods. What
the network adds to it shows where both are joined.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from explorer.predictors.base import PREDICTORS
from explorer.predictors.ensemble import Ensemble, Rule, members_setting, rule_setting


@PREDICTORS.register("intensity-and-residual")
@dataclass(frozen=True)
class IntensityAndResidual(Ensemble):
    """An ensemble with other defaults: smoothed intensity, and the smoothed residual with a tolerance."""

    title: ClassVar[str] = "Intensity + residual"
    summary: ClassVar[str] = "how rare brightness and tolerant residual are together, among healthy pixels"
    formula: ClassVar[str] = "mean of √(−log₁₀ p), p the share of healthy pixels that score as high or higher"
    source: ClassVar[str] = (
        "ours, from Meissen et al., 2021, arXiv 2109.06023, and the residual of all papers"
    )
    colour: ClassVar[str] = "#9922EE"
    dash: ClassVar[str] = "12px,2px,2px,2px,2px,2px"
    marker: ClassVar[str] = "hexagon"
    order: ClassVar[int] = 75
    needs: ClassVar[tuple[str, ...]] = ("x_hat",)

    rule: Rule = rule_setting("tail")
    members: str = members_setting("intensity:sigma=1,reconstruction-error:sign=brighter:tolerance=3:sigma=1")
