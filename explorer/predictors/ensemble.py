"""Several predictors on one scale: how rare their scores are among healthy pixels.

Zhou et al.: Unsupervised anomaly localization using VAE and beta-VAE, 2020, arXiv 2005.10686, propose
ensembles of predictors. *The rules are ours*, as theirs was not available. `mean` and `product` join the
members' healthy percentiles. `tail` takes the mean of sqrt(-log10 p) over the members, p being the fraction
of healthy pixels that score as high or higher. Percentiles stand at 1 just where lesions are; p goes on to
fall there, see `HealthyScores.surprisal`. The root grows as a normal score does where p is small, so this is
about the rule of Stouffer et al. (The American Soldier, 1949). It was chosen on planted lesions over Fisher's
rule, which has no root (figures: pretrained/README.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import torch
from torch import Tensor

from explorer.contracts import ScoreMap
from explorer.evidence import Evidence
from explorer.predictors.base import PREDICTORS, HealthyScores, Predictor, healthy_name, score
from explorer.settings import plugin_from, setting

Rule = Literal["mean", "product", "tail"]


def rule_setting(default: Rule) -> Any:
    """The setting `rule` of an ensemble."""
    return setting(
        default,
        "how the members are joined: mean or product of healthy percentiles; tail: mean of sqrt(-log10 p)",
        choices=("mean", "product", "tail"),
    )


def members_setting(default: str) -> Any:
    """The setting `members` of an ensemble."""
    return setting(
        default, "predictors, separated by commas, with settings after colons: intensity:mode=dark:sigma=1"
    )


@PREDICTORS.register("ensemble")
@dataclass(frozen=True)
class Ensemble(Predictor):
    """Healthy percentiles, in [0, 1], or sqrt(-log10 p) of the members' scores, together."""

    title: ClassVar[str] = "Ensemble"
    summary: ClassVar[str] = "how unusual a pixel is to several predictors together, against healthy pixels"
    formula: ClassVar[str] = (
        "mean over the members of the share of healthy pixels that score lower; tail: mean of √(−log₁₀ p)"
    )
    source: ClassVar[str] = "proposed by Zhou et al., 2020, arXiv 2005.10686; this rule is our own"
    colour: ClassVar[str] = "#CC79A7"
    dash: ClassVar[str] = "9px,3px,2px,3px,2px,3px"
    marker: ClassVar[str] = "star"
    order: ClassVar[int] = 70
    needs: ClassVar[tuple[str, ...]] = ("x_hat", "grad_kl")
    needs_calibration: ClassVar[bool] = True

    rule: Rule = rule_setting("mean")
    members: str = members_setting("reconstruction-error,kl-gradient,combination")

    def __post_init__(self) -> None:
        super().__post_init__()
        for member in self.compared:
            if member.needs_calibration:
                name = PREDICTORS.name_of(type(member))
                raise ValueError(f"members must be predictors that need no calibration, got {name!r}")

    @property
    def compared(self) -> tuple[Predictor, ...]:
        """The members, one by one; ValueError where one is unknown, or a setting of it out of its range."""
        return tuple(_member(text) for text in self.members.split(","))

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(part for member in self.compared for part in member.parts))

    @property
    def uses_scoring_beta(self) -> bool:
        return any(member.uses_scoring_beta for member in self.compared)

    def maps(self, evidence: Evidence, calibration: HealthyScores | None = None) -> Iterator[ScoreMap]:
        if calibration is None:
            name = PREDICTORS.name_of(type(self))
            raise ValueError(f"{name} needs a calibrated model, got none; choose another predictor")
        rare = self._rare_by(calibration)
        parts: Tensor = torch.stack(
            [
                rare(healthy_name(member), evidence.beta, score(member, evidence, calibration))
                for member in self.compared
            ]
        )  # (members, B, 1, H, W)
        yield ScoreMap(parts.prod(0) if self.rule == "product" else parts.mean(0))

    def _rare_by(self, calibration: HealthyScores) -> Callable[[str, Tensor, Tensor], Tensor]:
        """How rare a member's scores are, of its name, training beta and scores."""
        if self.rule == "tail":
            return lambda name, beta, scores: calibration.surprisal(name, beta, scores).sqrt()
        return calibration.percentile


def _member(text: str) -> Predictor:
    """A predictor from `NAME[:key=value:...]`: as the command line has it, with colons for commas."""
    name, _, settings = text.strip().partition(":")
    return plugin_from(PREDICTORS, f"{name}:{settings.replace(':', ',')}")
