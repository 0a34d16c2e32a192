"""A finding as JSON holds it: all that is needed to make its map again, and to read it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import explorer
from explorer.scans.calibrating.file import digest
from explorer.scans.finding.components import Component
from explorer.scans.finding.finding import Finding
from explorer.scans.finding.likeness import LEVEL
from explorer.scans.reading.files import label


def record_of(finding: Finding) -> dict[str, Any]:
    """The record; the same for the page, the command, the JSON file and the report."""
    scan, job = finding.scan, finding.job
    profile = finding.profile
    record = {
        "notice": explorer.NOTICE,
        "program": f"explorer {explorer.__version__}",
        "scan": {"name": label(scan.name), "sha256": scan.digest, "shape": list(scan.data.shape)},
        "model": {"name": job.card.name, "kind": job.card.kind, "sha256": job.card.sha256},
        "beta": job.scoring.beta,
        "scoring_beta": job.scoring.scoring_beta,
        "predictor": {"name": finding.name, "settings": asdict(finding.predictor)},
        "seed": getattr(finding.predictor, "seed", None),
        "calibration": _calibration(finding),
        "preparation": _preparation(finding),
        "slices": {"processed": list(finding.prepared.slices), "of": len(finding.prepared.images)},
        "slice_scores": profile,
        "highest_slice_score": max(score for score in profile if score is not None),
        "threshold": asdict(finding.threshold),
        "places": [_place(one) for one in finding.places],
        "warnings": finding.warnings,
        "notes": [*finding.prepared.notes, *([finding.caution] if finding.caution else [])],
    }
    if finding.sample is not None:
        record["sample_score"] = {
            "nats": finding.sample.nats,
            "healthy": finding.sample.whose,
            "95_percent_of_healthy_below": finding.sample.most,
            "all_healthy_below": finding.sample.all,
        }
    if finding.labelled is not None:
        record["labelled_anomalous"] = finding.labelled
    if finding.measured is not None:
        found = finding.measured.detection
        record["figures"] = finding.measured.figures
        record["figures_undefined"] = finding.measured.undefined or None
        record["share_of_mask_not_scored"] = finding.measured.unscored
        record["parts_of_mask_vanished"] = finding.measured.vanished
        record["lesions"] = {"found": found.found, "of": found.total, "false_alarms": found.alarms}
    return record


def _calibration(finding: Finding) -> dict[str, Any]:
    """What healthy pixels score, where that is known of this very map."""
    healthy, own, like = finding.healthy, finding.job.own, finding.likeness
    return {
        "healthy_data": finding.job.contrast or None,
        "own_healthy_scans": None
        if own is None
        else {"scans": len(own.scans), "brains": sorted(set(own.brains)), "sha256": digest(own)},
        "fits": healthy is not None,
        "whose": finding.whose or None,
        "score_of_99_percent_of_healthy_pixels": None if healthy is None else healthy.quantiles([LEVEL])[0],
        "share_of_scan_above_it": None if like is None else like.above,
        "share_of_healthy_pixels_below_the_scans_median": None if like is None else like.middle,
        "holds": None if like is None else not like.doubt,
    }


def _preparation(finding: Finding) -> dict[str, Any]:
    prepared = finding.prepared
    return {
        "brain": prepared.brain,
        "brain_ml": prepared.brain_ml,
        "gain": prepared.gain,
        "compressed_above": prepared.knee,
        "ct_window": prepared.window or None,
        "scale": prepared.placement.factor,
        "model_index_to_voxel": prepared.placement.matrix.tolist(),
    }


def _place(one: Component) -> dict[str, Any]:
    return {
        "ml": one.ml,
        "peak": one.peak,
        "share_of_healthy_pixels_below": one.percentile,
        "slice_row_column": list(one.place),
        "voxel": list(one.voxel),
    }
