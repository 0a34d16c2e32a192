"""What a predictor's scores of a scan say at one threshold: the one source of page, files and report."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from explorer.predictors import PREDICTORS, Predictor
from explorer.scans.finding.comparing import brains_apart, caution, comparison, whose
from explorer.scans.finding.components import Component, components
from explorer.scans.finding.distance import far_from_known
from explorer.scans.finding.healthy import Healthy
from explorer.scans.finding.likeness import Likeness, likeness_of
from explorer.scans.finding.measures import Measured, measure
from explorer.scans.finding.sample import Sample, sample_of
from explorer.scans.finding.threshold import Threshold, first_threshold
from explorer.scans.placing.preparing import Prepared
from explorer.scans.reading.scan import Scan
from explorer.scans.scoring.jobs import Job
from explorer.scans.scoring.scoring import ScoredScan


@dataclass(frozen=True, eq=False)
class Finding:
    """A predictor's map of a scan and all that is said of it.

    Attributes:
        scan: the scan as read.
        prepared: the images scored.
        job: how they were scored.
        scored: the scores of all predictors.
        key: of this predictor in the job.
        threshold: from which on a pixel counts as anomalous.
        mask: of the scan's anomalies, shape of the scan, or None.
        labelled: whether the scan as a whole is labelled as anomalous; None where nothing says so.
    """

    scan: Scan
    prepared: Prepared
    job: Job
    scored: ScoredScan
    key: str
    threshold: Threshold
    mask: NDArray[np.bool_] | None = None
    labelled: bool | None = None

    def at(self, score: float) -> Finding:
        """The same at a threshold that a person chose."""
        return dataclasses.replace(self, threshold=Threshold(score, "it was chosen by hand"))

    @property
    def predictor(self) -> Predictor:
        """The predictor with its settings."""
        return self.job.scoring.predictors[self.key]

    @property
    def name(self) -> str:
        """The predictor's registry name."""
        return PREDICTORS.name_of(type(self.predictor))

    @property
    def values(self) -> NDArray[np.float32]:
        """Scores, (slices, rows, columns); NaN where not scored."""
        found: NDArray[np.float32] = self.scored.values[self.key][:, 0].numpy()
        return found

    @property
    def foreground(self) -> NDArray[np.bool_]:
        """The pixels that count, (slices, rows, columns)."""
        found: NDArray[np.bool_] = self.prepared.foregrounds[:, 0].numpy()
        return found

    @property
    def profile(self) -> list[float | None]:
        """One score a slice; None for those not scored."""
        scores: list[float] = self.scored.profile[self.key].tolist()
        return [None if np.isnan(score) else score for score in scores]

    @property
    def volume(self) -> bool:
        """Whether the scan is more than one picture."""
        return len(self.prepared.images) > 1

    @cached_property
    def healthy(self) -> Healthy | None:
        """The healthy scores that fit this map; None where none do."""
        return comparison(self.job, self.predictor, volume=self.volume)

    @property
    def whose(self) -> str:
        """Whose healthy scores these are, in words; empty where none fit."""
        return whose(self.job, self.healthy)

    @property
    def caution(self) -> str:
        """Says which healthy scores do not fit, and why; empty where all do."""
        return caution(self.job, self.key, volume=self.volume)

    @cached_property
    def sample(self) -> Sample | None:
        """How anomalous the scan is as a whole; None where the model has no such score."""
        return sample_of(self.scored, self.job.scoring)

    @cached_property
    def likeness(self) -> Likeness | None:
        """Where the scan's scores lie among the healthy ones; None where none fit."""
        scores = _scores(self.prepared, self.scored, self.key)
        return None if self.healthy is None else likeness_of(scores, self.healthy)

    @property
    def doubts(self) -> list[str]:
        """Sentences that say that scores, or the healthy scores, do not hold for this scan, and why."""
        far = "" if self.volume else far_from_known(self.scored, self.job)
        unlike = "" if self.likeness is None else self.likeness.doubt
        return [told for told in (far, unlike, brains_apart(self.healthy, self.prepared.brain)) if told]

    @cached_property
    def places(self) -> list[Component]:
        """The most anomalous places."""
        percentile = None if self.healthy is None else self.healthy.percentile
        return components(
            self.values,
            self.foreground,
            self.threshold.score,
            self.prepared.placement,
            percentile=percentile,
        )

    @cached_property
    def measured(self) -> Measured | None:
        """Figures against the mask; None without one."""
        if self.mask is None:
            return None
        return measure(self.scored.values[self.key], self.mask, self.prepared, self.threshold.score)

    @property
    def warnings(self) -> list[str]:
        """Sentences on what is doubtful of brain and percentiles, of the mask and of the scan's label."""
        return [*self.prepared.warnings, *self.doubts, *self.on_mask]

    @property
    def on_mask(self) -> list[str]:
        """Sentences on what of the mask was not scored or vanished, and whether the label contradicts it."""
        if self.measured is None or self.mask is None:
            return []
        marked = bool(self.mask.any())
        if self.labelled is None or self.labelled == marked:
            return self.measured.warnings
        said, shown = ("anomalous", "nothing") if self.labelled else ("healthy", "something")
        return [*self.measured.warnings, f"The scan is labelled {said}, but its mask marks {shown}."]

    @cached_property
    def mask_seen(self) -> NDArray[np.bool_] | None:
        """The mask on the model's grid, (slices, rows, columns); None without one."""
        return None if self.mask is None else self.prepared.placement.mask_to_model(self.mask)


def find(
    scan: Scan,
    prepared: Prepared,
    job: Job,
    scored: ScoredScan,
    key: str,
    *,
    mask: NDArray[np.bool_] | None = None,
    labelled: bool | None = None,
) -> Finding:
    """The finding at its first threshold: see `first_threshold`.

    Args:
        scan: the scan as read.
        prepared: the images scored.
        job: how they were scored.
        scored: the scores.
        key: of a predictor of the job.
        mask: of the scan's anomalies, shape of the scan, or None.
        labelled: whether the scan is labelled as anomalous, or None.
    """
    healthy = comparison(job, job.scoring.predictors[key], volume=len(prepared.images) > 1)
    threshold = first_threshold(job, healthy, _scores(prepared, scored, key))
    return Finding(scan, prepared, job, scored, key, threshold, mask, labelled)


def _scores(prepared: Prepared, scored: ScoredScan, key: str) -> NDArray[np.float32]:
    """A predictor's scores of the pixels that count, (P,)."""
    found: NDArray[np.float32] = scored.values[key][prepared.foregrounds].numpy()
    return found
