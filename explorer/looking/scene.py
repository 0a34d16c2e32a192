"""A state, resolved once: the dataset, the model, the healthy scores and the case that its names stand for.

All that the Explore page computes takes a scene, so that nothing below asks for a model by its name again.
"""

from __future__ import annotations

import dataclasses
import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from torch import Tensor

from explorer.anomalies import ANOMALIES, Anomaly, DoesNotFit, plant
from explorer.cards import Pretrained
from explorer.contracts import Case, Conditions, Model, stack
from explorer.evaluation.calibration import Calibration
from explorer.evidence import Evidence, observe
from explorer.looking import caches, server
from explorer.looking.caches import SliceCaches
from explorer.looking.server import RememberedDataset
from explorer.looking.state import State


@dataclass(frozen=True, eq=False)
class Scene:
    """What a state stands for.

    Attributes:
        state: what was chosen.
        dataset: of the slice and the cohort.
        pretrained: the model, its card and its healthy scores.
        caches: where what is made of the slice may be kept.
    """

    state: State
    dataset: RememberedDataset
    pretrained: Pretrained
    caches: SliceCaches

    @property
    def model(self) -> Model:
        """The network."""
        return self.pretrained.model

    @cached_property
    def healthy(self) -> Calibration | None:
        """How healthy pixels of this dataset score; None where that is not known."""
        return server.calibration(self.pretrained, self.state.dataset, self.state.predictors.values())

    @property
    def case(self) -> Case:
        """The slice with its anomaly, or without where it does not fit; see `misfit`."""
        return self._planted[0]

    @property
    def sides(self) -> str:
        """What is known of left and right in the image: `known`, `assumed`, or empty where it has none.

        Images on the grid of the brain models have the left of the person on their left.
        """
        if self.state.guest is not None:
            return self.state.guest.sides
        return "" if self.case.source.position is None else "known"

    @property
    def misfit(self) -> str:
        """Why the anomaly does not fit into this slice; empty where it does."""
        return self._planted[1]

    @cached_property
    def _planted(self) -> tuple[Case, str]:
        try:
            return self._with(self.state.anomaly), ""
        except DoesNotFit as error:
            return self._with(ANOMALIES["none"]()), str(error)

    def _with(self, anomaly: Anomaly) -> Case:
        state = self.state
        if state.guest is None:
            return plant(self.dataset, "test", state.place, anomaly, state.seed)
        return state.guest.planted(anomaly, state.seed, self.dataset.slice("test", *state.place))

    @cached_property
    def model_key(self) -> str:
        """Tells models apart by what is in their files."""
        card = self.pretrained.card
        return f"{card.sha256}{card.calibration_sha256}"

    @cached_property
    def case_key(self) -> tuple[Any, ...]:
        """Tells cases apart, and the models that look at them."""
        state = self.state
        anomaly = repr(state.anomaly)
        return state.dataset, state.place, anomaly, state.seed, repr(state.guest), self.model_key

    @cached_property
    def slice_key(self) -> str:
        """Tells case, model and predictors apart; the training beta too where a predictor has no other."""
        state = self.state
        only = state.beta if state.iterative else None
        return hashed((*self.case_key, repr(tuple(state.predictors.items())), only))

    def with_state(self, **changes: Any) -> Scene:
        """The same case and model under other betas or predictors."""
        other = dataclasses.replace(self, state=dataclasses.replace(self.state, **changes))
        if "_planted" in self.__dict__:
            other.__dict__["_planted"] = self._planted
        return other

    @cached_property
    def quick(self) -> Scene:
        """The same without the predictors of many passes."""
        state = self.state
        if not state.iterative:
            return self
        return self.with_state(
            predictors={name: one for name, one in state.predictors.items() if not one.iterative}
        )

    def evidence(self) -> Evidence:
        """What the model says of the case at the state's betas, of one image."""
        x: Tensor = stack([self.case.image]).to(server.device())
        known = Conditions.of([self.case.source])
        state = self.state
        return observe(self.model, x, state.beta, scoring_beta=state.scoring_beta, conditions=known)


def resolve(state: State) -> Scene:
    """Look up what a state's names stand for; the case is made when it is first asked for.

    Raises:
        ValueError: where a name is unknown or a file of a model is missing or damaged.
    """
    kept = caches.SLICES if state.guest is None else state.guest.caches
    return Scene(state, server.dataset(state.dataset), server.pretrained(state.model), kept)


def hashed(parts: tuple[Any, ...]) -> str:
    """A short text for what tells things apart."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]
