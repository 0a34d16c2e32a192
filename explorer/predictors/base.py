"""What all predictors share: settings, a description, and the maps they yield."""

from __future__ import annotations

import dataclasses
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import ClassVar, Protocol

from torch import Tensor

from explorer.contracts import Model, ScoreMap
from explorer.evidence import CodeEvidence, Evidence, parts_of
from explorer.registry import Registry
from explorer.settings import check_settings, plugin_text, settings_of


class HealthyScores(Protocol):
    """How predictors score healthy pixels; `evaluation.calibration.Calibration` is the one there is.

    Predictors are named as `healthy_name` names them.
    """

    def quantile(self, name: str, beta: Tensor | float, level: float) -> Tensor:
        """The score of predictor `name` that a fraction `level` of healthy pixels does not exceed, (B,).

        Under the name `rec`: the reconstruction term that this fraction of healthy images does not exceed.
        """
        ...

    def percentile(self, name: str, beta: Tensor | float, scores: Tensor) -> Tensor:
        """The fraction of healthy pixels that score lower, in [0, 1], (B, 1, H, W)."""
        ...

    def surprisal(self, name: str, beta: Tensor | float, scores: Tensor) -> Tensor:
        """-log10 of the fraction of healthy pixels that score as high or higher, (B, 1, H, W).

        It goes on to rise beyond the highest healthy scores.
        """
        ...


@dataclass(frozen=True)
class Predictor(ABC):
    """A method of localization with its settings.

    Attributes:
        title: short name for people.
        summary: one line for the page on what it measures.
        formula: its map, in the symbols that the page explains.
        source: where it comes from.
        colour, dash, marker: of its line in charts, see `Appearance`; empty: follows from its name.
        order: where it is listed among those of as many passes, the smallest first.
        needs: the parts of the evidence that cost a pass of the network (`x_hat`, `grad_rec`, `grad_kl`,
            `indices`, `code_nll`); only models that have them all can be used.
        needs_calibration: whether it cannot do without healthy scores.
        iterative: whether it takes many passes and yields as it goes.
    """

    title: ClassVar[str]
    summary: ClassVar[str]
    formula: ClassVar[str]
    source: ClassVar[str]
    colour: ClassVar[str] = ""
    dash: ClassVar[str] = ""
    marker: ClassVar[str] = ""
    order: ClassVar[int] = 100
    needs: ClassVar[tuple[str, ...]] = ()
    needs_calibration: ClassVar[bool] = False
    iterative: ClassVar[bool] = False

    def __post_init__(self) -> None:
        check_settings(self)

    @property
    def scale(self) -> tuple[float, float] | None:
        """Ends of its colour bar where its scores have a scale of their own; None: healthy pixels give it."""
        return None

    @property
    def compared(self) -> tuple[Predictor, ...]:
        """The predictors whose healthy scores its own maps are made of."""
        return ()

    @property
    def parts(self) -> tuple[str, ...]:
        """What its maps take from the evidence, with these settings; unless told otherwise its `needs`."""
        return self.needs

    @property
    def uses_scoring_beta(self) -> bool:
        """Whether its maps change with the scoring beta."""
        return False

    @property
    def slicewise(self) -> Predictor:
        """What maps a scan's slices before `across_slices`; unless told otherwise the predictor itself."""
        return self

    def across_slices(self, values: Tensor) -> Tensor:
        """The maps of a scan from those of its slices by `slicewise`; unless told otherwise the same.

        Args:
            values: all slices in their order, (N, 1, H, W); NaN where not scored, and so in the answer.
        """
        return values

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


def healthy_name(predictor: Predictor) -> str:
    """The name under which a predictor's healthy scores are kept: `NAME[:key=value,...]`, defaults left out.

    Another seed is another draw of the same method, and single slices know no neighbours: these do not count.
    """
    usual = {one.name: one.default for one in settings_of(predictor) if one.name in ("seed", "neighbours")}
    return plugin_text(PREDICTORS, dataclasses.replace(predictor, **usual))


def score(
    predictor: Predictor,
    evidence: Evidence,
    calibration: HealthyScores | None = None,
    turn: AbstractContextManager[object] | None = None,
) -> Tensor:
    """The values of a predictor's last map, (B, 1, H, W); other predictors share them: do not change them.

    Args:
        predictor: the method.
        evidence: what the model says of the batch.
        calibration: see `Predictor.maps`.
        turn: held during each step, so that others may have theirs between two; or None.
    """
    turn = turn or nullcontext()
    maps = predictor.maps(evidence, calibration)
    if not predictor.iterative:
        with turn:
            *_, scored = maps
        return scored.values
    with turn:
        scored = next(maps)
    while True:
        last = scored.values
        with turn:
            following = next(maps, None)
        if following is None:
            return last
        scored = following


def within(maps: Iterator[ScoreMap], seconds: float) -> Iterator[ScoreMap]:
    """The maps that begin to be made within a time budget, the first in any case.

    For callers that must not wait for all steps of an iterative predictor; the last map is the answer so far.
    Only the time in which maps are made counts, not what the caller waits for or does between two.
    """
    taken = 0.0
    while True:
        began = time.monotonic()
        scored = next(maps, None)
        if scored is None:
            return
        taken += time.monotonic() - began
        yield scored
        if taken >= seconds:
            return


def listed(names: Iterable[str]) -> list[str]:
    """These names as people are shown them: by their `order`, those of many passes last."""
    return sorted(names, key=lambda name: (PREDICTORS[name].iterative, PREDICTORS[name].order, name))


def predictors_for(model: Model) -> tuple[str, ...]:
    """Names of the predictors that can do with what this model offers, in alphabetical order."""
    return tuple(name for name in PREDICTORS.names() if not missing_parts(PREDICTORS[name], model))


def quick_predictors_for(model: Model) -> tuple[str, ...]:
    """Those of `predictors_for` that are not iterative."""
    return tuple(name for name in predictors_for(model) if not PREDICTORS[name].iterative)


def check_fits(name: str, predictor: type[Predictor] | Predictor, model: Model) -> None:
    """Raise ValueError where `predictor`, called `name`, needs what this model lacks."""
    if lacking := missing_parts(predictor, model):
        known = ", ".join(predictors_for(model))
        raise ValueError(
            f"predictor {name!r} needs {', '.join(lacking)}, which this model does not have; "
            f"predictors for it: {known}"
        )


def missing_parts(predictor: type[Predictor] | Predictor, model: Model) -> tuple[str, ...]:
    """The parts that a predictor needs, a class with its defaults, and a model's evidence does not have."""
    needed = predictor.parts if isinstance(predictor, Predictor) else predictor.needs
    return tuple(part for part in needed if part not in parts_of(model))


def codes_of(evidence: Evidence) -> CodeEvidence:
    """The evidence as one of codes; raises ValueError where a model has none."""
    if not isinstance(evidence, CodeEvidence):
        raise ValueError("this predictor needs latent codes, which this model does not have; choose another")
    return evidence
