"""What a person takes away: the map, a record of how it was made, and a report with pictures."""

from __future__ import annotations

import json
import weakref
from collections.abc import Callable
from typing import Any

import streamlit as st

from explorer.scans.reading.files import label
from explorer.scans.reading.loading import FORMATS
from explorer.scans.writing.export import map_bytes, sidecar
from explorer.scans.writing.report import report_html
from explorer.ui.pages.scan_findings import fitting, measured, places_of
from explorer.ui.pages.scan_session import Own, Result


def record_of(own: Own, result: Result) -> dict[str, Any]:
    """The record of a map, with figures and lesions where a mask came along."""
    job, scoring, found = result.job, result.job.scoring, measured(own, result)
    record = sidecar(
        own.scan,
        result.prepared,
        result.scored,
        predictor=job.predictor,
        card=job.card,
        calibration=(job.contrast, fitting(job)),
        betas=(scoring.beta, scoring.scoring_beta),
    )
    record["threshold"] = result.threshold
    if found is not None:
        record["figures"] = found.figures
        record["lesions"] = {
            "found": found.detection.found,
            "of": found.detection.total,
            "false_alarms": found.detection.alarms,
        }
    return record


def map_file(own: Own, result: Result) -> bytes:
    """The map on the scan's own grid: NIfTI, or NPY of a picture."""
    ending = ".npy" if own.scan.affine is None else ".nii.gz"
    return map_bytes(own.scan, result.prepared.placement.to_scan(result.values), ending)


def record_text(own: Own, result: Result) -> str:
    """The record as JSON."""
    return json.dumps(record_of(own, result), indent=2, allow_nan=False) + "\n"


def page_of(own: Own, result: Result) -> str:
    """The report as HTML."""
    record, places = record_of(own, result), places_of(result)
    return report_html(
        record, result.prepared, result.values, places, result.threshold, oriented=own.scan.oriented
    )


def stem_of(name: str) -> str:
    """A scan's name without its ending, as the start of the names of its files.

    >>> stem_of("../brain one.nii.gz")
    'brain one'
    """
    shown = label(name)
    for ending in sorted(FORMATS, key=len, reverse=True):
        if shown.lower().endswith(ending):
            return shown[: -len(ending)] or "scan"
    return shown


def buttons(own: Own, result: Result) -> None:
    """Buttons that make a file when they are pressed; until then they do not hold the scan."""
    stem = f"{stem_of(own.scan.name)}-{result.job.predictor[0]}"
    picture = own.scan.affine is None
    row = st.container(horizontal=True, key="own-exports")
    files = (
        (
            "Map (NPY)" if picture else "Map (NIfTI)",
            map_file,
            ".npy" if picture else ".nii.gz",
            "application/octet-stream",
            "Scores on the scan's own grid, axis order and affine; slices that were not scored are NaN.",
        ),
        (
            "Record (JSON)",
            record_text,
            ".json",
            "application/json",
            "Model and its hash, betas, predictor, seed, healthy scores, how the scan was prepared, figures.",
        ),
        ("Report (HTML)", page_of, ".html", "text/html", "One page with pictures, which needs no network."),
    )
    for title, make, ending, kind, meaning in files:
        row.download_button(
            title,
            _later(make, own, result),
            stem + ending,
            kind,
            key=f"own-export{ending}",
            on_click="ignore",
            help=meaning,
        )


def _later(make: Callable[[Own, Result], bytes | str], own: Own, result: Result) -> Callable[[], bytes | str]:
    """What makes a file of a scan, if that has not been deleted meanwhile; then the file is empty."""
    held, scores = weakref.ref(own), weakref.ref(result)

    def made() -> bytes | str:
        scan, found = held(), scores()
        return b"" if scan is None or found is None else make(scan, found)

    return made
