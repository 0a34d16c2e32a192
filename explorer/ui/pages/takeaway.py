"""What a person takes away from Explore: a slice's arrays, a cohort's figures and curves, a command."""

from __future__ import annotations

from typing import Any

import streamlit as st

from explorer.evaluation.cohort import CohortResult
from explorer.looking.output.cohort_files import cohort_csv, curves_csv
from explorer.looking.output.command import evaluate_command
from explorer.looking.output.downloads import maps_as_npz
from explorer.looking.scene import Scene
from explorer.looking.view import SliceView


def slice_files(scene: Scene, shown: SliceView) -> None:
    """The slice's arrays, and the command that gives the cohort's figures."""
    row = st.container(horizontal=True)
    row.download_button(
        "Maps (NPZ)",
        lambda: maps_as_npz(scene, shown),
        "maps.npz",
        "application/octet-stream",
        key="maps-npz",
        on_click="ignore",
        help="Image, masks, reconstruction and every map at the present betas as NumPy arrays, exact.",
    )
    if scene.state.predictors:
        with row.popover(
            "Copy as command", help="The cohort's figures again, in a terminal, digit for digit."
        ):
            st.code(evaluate_command(scene.state), language=None, wrap_lines=True)


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
