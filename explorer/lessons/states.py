"""States of the Explore page as tables of TOML, by the names of the command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from explorer.anomalies import ANOMALIES
from explorer.looking import defaults, server
from explorer.looking.frames import beta_texts
from explorer.looking.state import State
from explorer.predictors import PREDICTORS
from explorer.settings import from_table, plugin_from


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What a table may say of a state; what it leaves out is as on a page that nobody has touched.

    Attributes:
        dataset: with its option, e.g. `brain/flair`.
        place: coordinates of the slice in the test split; empty: where the dataset begins.
        anomaly: family and settings, e.g. `lesion:strength=0.3`; empty: the dataset's own.
        seed: of all that is random.
        model: name of a pretrained model; empty: the usual one of the dataset.
        beta: training beta, one of those that the page offers; 0: the usual one.
        kl_weight: in the ELBO map; -1: as `beta`.
        predictors: with their settings; empty: those that are shown unasked.
        cohort: slices in the cohort.
    """

    dataset: str = defaults.DATASET
    place: list[int] = field(default_factory=list)
    anomaly: str = ""
    seed: int = defaults.SEED
    model: str = ""
    beta: float = 0.0
    kl_weight: float = -1.0
    predictors: list[str] = field(default_factory=list)
    cohort: int = defaults.COHORT_SIZE


def state_of(table: Mapping[str, Any]) -> State:
    """The state that a table says.

    Raises:
        ValueError: naming what is unknown, missing or out of its range.
    """
    said = from_table(Choices, table)
    axes = server.dataset(said.dataset).axes("test")
    place = tuple(said.place or (axis.start for axis in axes))
    if len(place) != len(axes) or any(not 0 <= k < axis.size for k, axis in zip(place, axes, strict=True)):
        sizes = ", ".join(f"{axis.name} 0 to {axis.size - 1}" for axis in axes)
        raise ValueError(f"place must be {sizes}, got {list(place)}")
    anomaly = plugin_from(ANOMALIES, said.anomaly or defaults.anomaly_of(said.dataset))
    pretrained = server.pretrained(said.model or defaults.model_of(said.dataset))
    beta = said.beta or _usual_beta(pretrained.model.beta_range)
    weight = beta if said.kl_weight < 0 else said.kl_weight
    texts = said.predictors or defaults.shown_unasked(defaults.offered(pretrained, said.dataset))
    chosen = [plugin_from(PREDICTORS, text) for text in texts]
    offered = beta_texts(*pretrained.model.beta_range)
    if f"{beta:g}" not in offered:
        raise ValueError(f"beta must be one of {', '.join(offered)}, got {beta:g}")
    return State(
        dataset=said.dataset,
        place=place,
        anomaly=anomaly,
        anomaly_name=ANOMALIES.name_of(type(anomaly)),
        seed=said.seed,
        model=pretrained.card.name,
        beta=beta,
        scoring_beta=weight,
        predictors={PREDICTORS.name_of(type(one)): one for one in chosen},
        cohort_size=said.cohort,
        linked=weight == beta,
    )


def _usual_beta(ends: tuple[float, float]) -> float:
    low, high = ends
    return min(max(defaults.BETA, low), high)
