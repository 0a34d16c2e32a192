"""How scans are scored: the model, the predictors, and the healthy data against which scores are read."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.cards import Card
from explorer.evaluation.cohort import Scoring
from explorer.scans.placing.brain import AUTO


@dataclass(frozen=True, eq=False)
class Job:
    """How scans are scored.

    Attributes:
        card: of the model.
        scoring: model, betas, and the predictors by the keys that tell their maps apart.
        contrast: name of the healthy data against which scores are read, or empty.
        volume: which one of 4-D files.
        window: of a CT, or empty.
        brain: the way in which the brain is looked for.
    """

    card: Card
    scoring: Scoring
    contrast: str = ""
    volume: int | None = None
    window: str = ""
    brain: str = AUTO

    @property
    def sequence(self) -> str:
        """The MR sequence of that healthy data, which the scans are taken to have, e.g. `flair`; or empty."""
        return self.contrast.partition("/")[2]
