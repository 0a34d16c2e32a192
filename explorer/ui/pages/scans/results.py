"""What stands under the planes: how the scan was read, its figures, every predictor's map of a slice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from explorer.looking.charts import curve_charts
from explorer.looking.output.words import words
from explorer.predictors import PREDICTORS
from explorer.scans.finding.finding import Finding
from explorer.scans.finding.measures import Measured
from explorer.scans.placing.brain import BRAINS
from explorer.scans.placing.preparing import Prepared
from explorer.scans.reading.files import label
from explorer.scans.reading.scan import Scan
from explorer.ui.components import chart
from explorer.ui.controls import guests, viewing
from explorer.ui.messages import plain
from explorer.ui.pages.scans import exports
from explorer.ui.pages.scans.guests import address_of, guest_of
from explorer.ui.pages.scans.maps import all_maps
from explorer.ui.pages.scans.session import Own, Result, Shown


def headline(scan: Scan, prepared: Prepared, window: str) -> None:
    """Say what was read, and how it was prepared for the network."""
    shape = scan.data.shape if scan.affine is not None else scan.data.shape[:2]
    shown = " x ".join(map(str, shape))
    size = "" if scan.spacing is None else f" of {' x '.join(f'{mm:.3g}' for mm in scan.spacing)} mm"
    st.markdown(
        f"**{plain(label(scan.name))}** · {shown} {'voxels' if size else 'pixels'}{size} · "
        f"{_on_brain(prepared)}{f' · CT window {window}' if window else ''}"
    )
    for told in prepared.warnings:
        st.warning(plain(told), icon=":material/warning:")
    with st.expander("How the scan was prepared for the network"):
        st.markdown("\n".join(f"- {plain(note)}" for note in prepared.notes))


def _on_brain(prepared: Prepared) -> str:
    """Which brain counts, and how it was found."""
    if prepared.brain_ml is None:
        return "a picture: all of it counts"
    return f"brain of {prepared.brain_ml:,.0f} ml by **{BRAINS[prepared.brain].title}**"


def report(own: Own, result: Result, feeds: Any, to_explore: Callable[[dict[str, str]], None]) -> None:
    """Show what the scores say, and what a person may take along.

    Args:
        own: the session's scan.
        result: its scores.
        feeds: where charts are fed.
        to_explore: leaves for the Explore page with these settings in its address.
    """
    finding = result.finding
    job, scoring = finding.job, finding.job.scoring
    st.caption(
        f"Map: {PREDICTORS[finding.name].title} of model {plain(job.card.name)} at training β "
        f"{scoring.beta:g}, KL weight {scoring.scoring_beta:g}; healthy scores: "
        f"{plain(finding.whose or 'none')}. Threshold "
        f"{finding.threshold.score:.4g}: {plain(finding.threshold.meaning)}."
    )
    if finding.sample is not None:
        st.caption(f"Sample score of the whole scan: {finding.sample.sentence}.")
    if job.compares and finding.caution:
        st.caption(f":material/warning: {plain(finding.caution)}")
    for told in finding.doubts:
        st.warning(plain(told), icon=":material/warning:")
    exports.buttons(own, result)
    if finding.measured is not None:
        for told in finding.on_mask:
            st.warning(plain(told), icon=":material/warning:")
        _figures(finding, finding.measured, feeds)
    with st.expander("What the words mean"):
        st.html(words(PREDICTORS.names()))
    if own.shown is not None:
        with st.container(key=f"own-maps-{own.shown.index}"):
            _slice(finding, own.shown, to_explore)


def _figures(finding: Finding, found: Measured, feeds: Any) -> None:
    def text(value: float | None) -> str:
        return "–" if value is None else f"{value:.3f}"

    numbers, detection = found.figures, found.detection
    row = st.container(horizontal=True, key="own-figures")
    for name, value, meaning in (
        ("AUROC", text(numbers["auroc"]), "Over all foreground pixels of the scored slices."),
        ("AP", text(numbers["average_precision"]), "Average precision over the same pixels."),
        ("Dice at threshold", text(numbers["dice"]), "Of what reaches the threshold and the mask."),
        ("Best Dice", text(numbers["best_dice"]), "Its threshold is chosen on this very scan: too good."),
        (
            "Lesions found",
            f"{detection.found} / {detection.total}",
            "Parts of the mask of which at least one voxel reaches the threshold.",
        ),
        ("False alarms", str(detection.alarms), "Places above the threshold that touch no lesion."),
    ):
        row.metric(name, value, help=meaning, width="content")
    if found.undefined:
        st.caption(f"– is undefined: {found.undefined}.")
    chart.show(st.container(key="charts"), "scan")
    basis = f"{len(finding.prepared.slices)} slices of 1 subject"
    chart.feed(feeds, "scan", curve_charts("This scan", {finding.name: found.histogram}, basis))


def _slice(finding: Finding, shown: Shown, to_explore: Callable[[dict[str, str]], None]) -> None:
    """Every predictor's map of one slice."""
    placed = finding.scan.affine is not None
    turned = viewing.radiological() and placed
    st.header(f"All maps of slice {shown.plane}" if placed else "All maps of the picture", anchor=False)
    st.html(all_maps(finding, shown.index, turned=turned))
    side = "right" if turned else "left"
    known = placed and finding.scan.oriented
    st.caption(
        (f"The {side} of the person is on the left of the pictures. " if known else "")
        + "Predictors with their default settings, at the betas of the map above."
        + ("" if finding.job.contrast else " Without healthy data each colour bar is that of this slice.")
    )
    if st.button(
        "Open this slice in Explore",
        key="own-explore",
        icon=":material/search:",
        help="With every predictor, all β under the finger, and curves where a mask came along.",
    ):
        guests.put(guest_of(finding, shown.index, shown.plane))
        to_explore(address_of(finding.job))
