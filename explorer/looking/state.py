"""The state of the Explore page: what a person chose, as one value.

Each control is bound to the address of the page under its own key (Streamlit's `bind="query-params"`), so the
address holds the whole state, the seed included; what equals its default is left out of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from explorer.anomalies import Anomaly
from explorer.looking import caches
from explorer.predictors import Predictor
from explorer.ui.pages.guest import Guest


@dataclass(frozen=True)
class State:
    """All that the page shows follows from this.

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
    def caches(self) -> caches.SliceCaches:
        """Where what is made of the slice may be kept."""
        return caches.SLICES if self.guest is None else self.guest.caches


def left_out(asked: Mapping[str, str], kept: Mapping[str, str], values: Mapping[str, Any]) -> list[str]:
    """What an address asked for that the page did not follow.

    Args:
        asked: parameters of the address as it came.
        kept: parameters that are left once the controls have read them.
        values: of all controls on the page, by key.

    Returns:
        Texts such as `beta=-1`, cut to a readable length.
    """
    ignored = (
        key for key in asked if key not in values or (key not in kept and not _same(asked[key], values[key]))
    )
    return [f"{key}={asked[key]}"[:60] for key in ignored]


def _same(text: str, value: Any) -> bool:
    """Whether a parameter says what the control shows; a default does not stay in the address."""
    try:
        return float(text) == float(value)
    except (TypeError, ValueError):
        return text.lower() == str(value).lower()
