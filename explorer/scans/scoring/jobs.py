"""How scans are prepared and scored: the model, the predictors, and the scores to read theirs against."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from explorer.cards import Card
from explorer.evaluation.calibration import Calibration
from explorer.evaluation.cohort import Scoring
from explorer.evaluation.risk_control import check_share
from explorer.scans.calibrating.own import OwnHealthy
from explorer.scans.placing.brain import AUTO
from explorer.scans.placing.brain.search import find_brain
from explorer.scans.placing.preparing import Prepared, check_model, prepare_scan
from explorer.scans.reading.scan import Scan

FALSE_POSITIVES = 0.01
"""Share of healthy pixels that the first threshold lets through."""


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
        own: healthy scores of the person's own scans, which come before those of the healthy data; or None.
        false_positives: expected share of a healthy scan's pixels from the first threshold on, in (0, 1).
        known: healthy scores of all that the model learned from, by the names of the healthy data.

    Raises:
        ValueError: where that is no such share.
    """

    card: Card
    scoring: Scoring
    contrast: str = ""
    volume: int | None = None
    window: str = ""
    brain: str = AUTO
    own: OwnHealthy | None = None
    false_positives: float = FALSE_POSITIVES
    known: Mapping[str, Calibration] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_share("false positives", self.false_positives)

    @property
    def sequence(self) -> str:
        """The MR sequence of that healthy data, which the scans are taken to have, e.g. `flair`; or empty."""
        return self.contrast.partition("/")[2]

    @property
    def compares(self) -> bool:
        """Whether scores are to be read against healthy ones."""
        return bool(self.contrast) or self.own is not None

    def prepare(
        self,
        scan: Scan,
        *,
        given: NDArray[np.bool_] | None = None,
        turn: AbstractContextManager[object] | None = None,
    ) -> Prepared:
        """Bring a scan before the model.

        Args:
            scan: a volume or a picture.
            given: where the brain is, shape of the scan, or None.
            turn: held while a network looks for the brain, or None.

        Raises:
            ValueError: naming the file, the problem and the remedy.
        """
        check_model(scan, self.card)
        if scan.affine is None:
            return prepare_scan(scan, self.card)
        device = self.scoring.device
        brain = find_brain(scan, self.brain, given=given, window=self.window, device=device, turn=turn)
        return prepare_scan(scan, self.card, brain, self.window)
