"""What one takes away from Explore: a slice's arrays, viewer and script, a cohort's figures, a command."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from explorer.evaluation.cohort import CohortResult
from explorer.looking.output.cohort_files import cohort_csv, curves_csv
from explorer.looking.output.command import evaluate_command
from explorer.looking.output.downloads import maps_as_npz
from explorer.looking.output.script import maps_script, no_script
from explorer.looking.scene import Scene
from explorer.looking.view import SliceView
from explorer.ui.messages import plain
from explorer.ui.pages.viewer_file import viewer_file


def slice_files(scene: Scene, shown: SliceView, look: Callable[[], Mapping[str, Any]]) -> None:
    """The slice's arrays, its viewer as one looks at it, its script, and the command of cohort figures."""
    row = st.container(horizontal=True)
    row.download_button(
        "Maps (NPZ)",
        lambda: maps_as_npz(scene, shown),
        "maps.npz",
        "application/octet-stream",
        key="maps-npz",
        on_click="ignore",
        help="Image, masks, reconstruction and every map at the present betas as NumPy arrays, exact; "
        "of brains, the left of an array is the left of the person.",
    )
    row.download_button(
        "Viewer (HTML)",
        lambda: viewer_file(scene, look()),
        "viewer.html",
        "text/html",
        key="viewer-html",
        on_click="ignore",
        help="The viewer with this slice at every β in one file: opens by a double click, needs no network.",
    )
    _script(row, scene)
    if scene.state.predictors:
        with row.popover(
            "Copy as command", help="The cohort's figures again, in a terminal, digit for digit."
        ):
            st.code(evaluate_command(scene.state), language=None, wrap_lines=True)


def _script(row: Any, scene: Scene) -> None:
    """The script's button, or why there is none."""
    if why := no_script(scene):
        with row.popover("Script (Python)"):
            st.caption(plain(why))
        return
    row.download_button(
        "Script (Python)",
        lambda: maps_script(scene),
        "maps.py",
        "text/x-python",
        key="maps-script",
        on_click="ignore",
        help="A short script that computes the same maps with this package.",
    )


def cohort_files(place: Any, scene: Scene, result: CohortResult) -> None:
    """The figures and curves of a whole cohort, at `place`."""
    row = place.container(horizontal=True)
    for title, make, name, meaning in (
        ("Cohort's figures (CSV)", cohort_csv, "cohort.csv", "The cohort's columns of the table"),
        (
            "Cohort's curves (CSV)",
            curves_csv,
            "curves.csv",
            "Points of ROC and precision-recall, each with its threshold",
        ),
    ):
        row.download_button(
            title,
            lambda make=make: make(scene, result),
            name,
            "text/csv",
            key=name,
            on_click="ignore",
            help=f"{meaning}, with data set, model and its hash, anomaly, settings and seed in every row.",
        )
