"""The state of the Explore page: what a person chose, by name, as one value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from explorer.anomalies import Anomaly
from explorer.looking.guest import Guest
from explorer.predictors import Predictor


@dataclass(frozen=True)
class State:
    """All that the page shows follows from this; `scene.resolve` looks up what its names stand for.

    Attributes:
        dataset: name of the dataset, e.g. `brain/flair`.
        place: coordinates of the slice in the test split.
        anomaly: family and settings.
        anomaly_name: registry name of the family.
        seed: of the anomaly and of the cohort.
        model: name of the pretrained model.
        beta: training beta.
        scoring_beta: weight of the KL term in ELBO scores.
        predictors: by registry name, in the order shown.
        cohort_size: test slices in the cohort.
        linked: whether the scoring beta follows the training beta, if now they are equal.
        guest: a slice of the person's own scan in the place of the dataset's, or None.
    """

    dataset: str
    place: tuple[int, ...]
    anomaly: Anomaly
    anomaly_name: str
    seed: int
    model: str
    beta: float
    scoring_beta: float
    predictors: Mapping[str, Predictor]
    cohort_size: int
    linked: bool = True
    guest: Guest | None = None

    @property
    def iterative(self) -> Mapping[str, Predictor]:
        """The predictors of many passes."""
        return {name: predictor for name, predictor in self.predictors.items() if predictor.iterative}

    @property
    def follows(self) -> bool:
        """Whether the scoring beta is the training beta in every frame."""
        return self.linked and self.scoring_beta == self.beta

    @property
    def weighed(self) -> Mapping[str, Predictor]:
        """The predictors whose maps change with a scoring beta of its own."""
        if self.follows:
            return {}
        return {name: one for name, one in self.predictors.items() if one.uses_scoring_beta}
