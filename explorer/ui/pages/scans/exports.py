"""What a person takes away: the map, a record of how it was made, and a report with pictures."""

from __future__ import annotations

import weakref
from collections.abc import Callable

import streamlit as st

from explorer.scans.finding.finding import Finding
from explorer.scans.reading.files import label
from explorer.scans.reading.loading import FORMATS
from explorer.scans.writing.export import map_bytes, record_text
from explorer.scans.writing.report import report_html
from explorer.ui.pages.scans.session import Own, Result


def map_file(finding: Finding) -> bytes:
    """The map on the scan's own grid: NIfTI, or NPY of a picture."""
    scan = finding.scan
    ending = ".npy" if scan.affine is None else ".nii.gz"
    return map_bytes(scan, finding.prepared.placement.to_scan(finding.values), ending)


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
    stem = f"{stem_of(own.scan.name)}-{result.finding.name}"
    picture = own.scan.affine is None
    row = st.container(horizontal=True, key="own-exports")
    files = (
        (
            "Map (NPY)" if picture else "Map (NIfTI)",
            map_file,
            ".npy" if picture else ".nii.gz",
            "application/octet-stream",
            "Scores on the scan's own grid, axis order and affine; NaN outside the brain and field of view.",
        ),
        (
            "Record (JSON)",
            record_text,
            ".json",
            "application/json",
            "Model and its hash, betas, predictor, seed, healthy scores, how the scan was prepared, figures.",
        ),
        ("Report (HTML)", report_html, ".html", "text/html", "One page with pictures; it needs no network."),
    )
    for title, make, ending, kind, meaning in files:
        row.download_button(
            title,
            _later(make, result),
            stem + ending,
            kind,
            key=f"own-export{ending}",
            on_click="ignore",
            help=meaning,
        )


def _later(make: Callable[[Finding], bytes | str], result: Result) -> Callable[[], bytes | str]:
    """What makes a file of a finding, if its scan has not been deleted meanwhile; then the file is empty."""
    held = weakref.ref(result)

    def made() -> bytes | str:
        found = held()
        return b"" if found is None else make(found.finding)

    return made
