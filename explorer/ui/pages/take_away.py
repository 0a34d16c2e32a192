"""What a person takes away from the Explore page: arrays, a page of its own, a script, a command."""

from __future__ import annotations

from typing import Any

import streamlit as st

from explorer.looking.output.command import evaluate_command
from explorer.looking.output.downloads import maps_as_npz
from explorer.looking.output.packets import packets
from explorer.looking.output.provenance import facts, licences
from explorer.looking.output.script import maps_script, no_script
from explorer.looking.scene import Scene
from explorer.looking.view import SliceView
from explorer.ui.components import viewer
from explorer.ui.components.alone import About
from explorer.ui.controls.viewer_settings import viewer_settings
from explorer.ui.messages import plain


def take_away(scene: Scene, shown: SliceView) -> None:
    """Offer the files of a slice, and the command that gives the cohort's figures."""
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
    row.download_button(
        "Viewer (HTML)",
        lambda: viewer_file(scene),
        "viewer.html",
        "text/html",
        key="viewer-html",
        on_click="ignore",
        help="The viewer with this slice at every β in one file: opens by a double click, needs no network.",
    )
    _offer_script(row, scene)
    if scene.state.predictors:
        with row.popover(
            "Copy as command", help="The cohort's figures again, in a terminal, digit for digit."
        ):
            st.code(evaluate_command(scene.state), language=None, wrap_lines=True)


def viewer_file(scene: Scene) -> str:
    """The viewer of a scene as an HTML file that needs no server."""
    name = scene.case.source.name
    about = About(
        title=f"Anomaly maps of {name}",
        summary="All of it can be moved without a network: this file holds the slice at every training β.",
        facts=facts(scene),
        texts=[*_script_text(scene), *licences(scene)],
    )
    return viewer.alone(viewer_settings(scene), packets(scene), about)


def _script_text(scene: Scene) -> list[tuple[str, str]]:
    return [] if no_script(scene) else [("The same maps in Python", maps_script(scene))]


def _offer_script(row: Any, scene: Scene) -> None:
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
