"""The page "Own scans": load a scan, see it in three planes, score it, measure and take the map along."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from explorer.looking import server
from explorer.looking.charts import curve_charts
from explorer.predictors import PREDICTORS
from explorer.scans.placing.preparing import Prepared
from explorer.scans.reading.files import label
from explorer.scans.scoring.jobs import Job
from explorer.scans.scoring.queue import OPEN, Progress, State
from explorer.scans.scoring.scoring import score_scan
from explorer.ui.components import chart, planes
from explorer.ui.controls import guests, scan_choices, scan_sources
from explorer.ui.messages import plain
from explorer.ui.pages import scan_exports, scan_guests, scan_session
from explorer.ui.pages.scan_findings import Measured, measured, places_of, result_of, settings_for
from explorer.ui.pages.scan_maps import all_maps
from explorer.ui.pages.scan_session import QUEUE, Own, Result

PAUSE_S = 0.25


def page(to_explore: Callable[[dict[str, str]], None]) -> None:
    """Show the page; wrong input becomes a message, and what was there before stays.

    Args:
        to_explore: leaves for the Explore page with these settings in its address.


    Streamlit keeps callbacks longer than the controls that they belong to, so none of them holds the scan.
    """
    with st.sidebar:
        st.markdown("### Scan")
        problem = _try(_load)
        own = scan_session.current()
        job = prepared = None
        if own is not None:
            st.markdown("### Scoring")
            chosen: list[tuple[Job, tuple[Prepared, bytes]]] = []
            problem = _try(lambda: chosen.append(_choose(own))) or problem
            job, prepared = chosen[0] if chosen else (None, None)
            _start_button(own, job, prepared)
        problem = _try(scan_choices.upload_model) or problem
        scan_sources.delete_button()
    if problem:
        st.error(plain(problem), icon=":material/error:")
    if own is None:
        _explain()
        return
    _show(own, prepared, to_explore)


def _try(work: Any) -> str:
    """Do something; the message of what was wrong with the input, or an empty text."""
    try:
        work()
    except ValueError as error:
        return str(error)
    return ""


def _load() -> None:
    files = scan_sources.choose()
    if files is None:
        return
    with st.spinner("Reading and placing the scan"):
        scan_session.put(scan_sources.load(files))


def _choose(own: Own) -> tuple[Job, tuple[Prepared, bytes]]:
    """The chosen job, and the scan before its model."""
    model = scan_choices.choose_model(own)
    with st.spinner("Placing the scan"):
        before = own.before(model.card)
    return scan_choices.choose_job(own, model), before


def _start_button(own: Own, job: Job | None, before: tuple[Prepared, bytes] | None) -> None:
    own.offer = None if job is None or before is None else (job, before[0])
    st.button(
        "Score the scan",
        key="own-start",
        type="primary",
        width="stretch",
        disabled=own.offer is None,
        on_click=_start,
        help="Every axial slice that holds brain, through the model.",
    )


def _start() -> None:
    own = scan_session.current()
    if own is None or own.offer is None:
        return
    own.stop()
    job, prepared = own.offer
    task = QUEUE.submit(lambda: score_scan(prepared, job.scoring, lock=server.network()))
    own.task = (task, job, prepared)


def _cancel() -> None:
    own = scan_session.current()
    if own is not None:
        own.stop()


def _explain() -> None:
    st.markdown("#### Your own scans")
    st.info(
        "Load a scan at the left: the example, a file of yours, or one from this server. It is turned the "
        "right way round by its affine, shown beside what the network sees, scored slice by slice, and the "
        "map leaves as NIfTI on the scan's own grid.",
        icon=":material/upload_file:",
    )
    st.caption(
        "What you bring stays in the memory of this session: it is not written to disk, not logged, not "
        "shown to others, and deleted by the button at the left or when you close the page."
    )


def _show(
    own: Own, before: tuple[Prepared, bytes] | None, to_explore: Callable[[dict[str, str]], None]
) -> None:
    progress = st.container()
    if before is None:
        return
    prepared, packet = before
    _headline(own, prepared)
    result = own.result if own.result is not None and own.result.prepared is prepared else None
    planes.show(_follow)
    places = [] if result is None else places_of(result)
    key = own.packet_key(prepared)
    feeds = st.container(key="planes-feeds")
    scan_feed, map_feed, settings_feed = (feeds.empty() for _ in range(3))
    planes.feed(scan_feed, "scan", packet)
    if result is not None:
        planes.feed(map_feed, "map", result.packet)
    planes.feed(settings_feed, "settings", settings_for(key, own, result, places))
    if result is not None:
        _report(own, result, feeds, to_explore)
    if own.task is not None:
        _wait(own, progress)


def _headline(own: Own, prepared: Prepared) -> None:
    scan = own.scan
    shape = " x ".join(
        str(size) for size in (scan.data.shape if scan.affine is not None else scan.data.shape[:2])
    )
    size = "" if scan.spacing is None else f" of {' x '.join(f'{mm:.3g}' for mm in scan.spacing)} mm"
    brain = {
        "file": "brain mask **from your file**",
        "nonzero": "brain mask not given: **all that is not zero**",
        "estimated": "brain mask not given: **estimated**, roughly",
        "none": "a picture: all of it counts",
    }[prepared.brain_origin]
    window = f" · CT window {own.window}" if own.window else ""
    st.markdown(
        f"**{plain(label(scan.name))}** · {shape} {'voxels' if size else 'pixels'}{size} · {brain}{window}"
    )
    with st.expander("How the scan was prepared for the network"):
        st.markdown("\n".join(f"- {plain(note)}" for note in prepared.notes))


def _follow(change: Mapping[str, Any]) -> None:
    """Do as the planes say; anything else than a score or a slice is left out."""
    threshold, index = change.get("threshold"), change.get("slice")
    own = scan_session.current()
    if own is None or own.result is None:
        return
    if isinstance(threshold, int | float) and not isinstance(threshold, bool) and math.isfinite(threshold):
        own.result.threshold = float(threshold)
    if isinstance(index, int) and not isinstance(index, bool) and 0 <= index < len(own.result.values):
        own.shown_slice = (index, change.get("radiological") is not False)


def _report(own: Own, result: Result, feeds: Any, to_explore: Callable[[dict[str, str]], None]) -> None:
    found = measured(own, result)
    job, scoring = result.job, result.job.scoring
    st.caption(
        f"Map: {PREDICTORS[job.predictor[0]].title} of model {plain(job.card.name)} at training β "
        f"{scoring.beta:g}, scoring β {scoring.scoring_beta:g}; healthy data: {job.contrast or 'none'}."
    )
    scan_exports.buttons(own, result)
    if found is not None:
        _figures(result, found, feeds)
    if own.shown_slice is not None:
        index, radiological = own.shown_slice
        turned = radiological and own.scan.affine is not None
        st.markdown(f"#### All maps of slice {index}")
        mask = None if own.mask is None else result.prepared.mask_to_model(own.mask)[:, 0].numpy()
        st.html(all_maps(result.job, result.prepared, index, mask, turned=turned))
        side = "right" if turned else "left"
        known = own.scan.affine is not None and own.scan.oriented
        st.caption(
            (f"The {side} of the person is on the left of the pictures. " if known else "")
            + "Predictors with their default settings, at the betas of the map above."
            + ("" if result.job.contrast else " Without healthy data each colour bar is that of this slice.")
        )
        if st.button(
            "Open this slice in Explore",
            key="own-explore",
            icon=":material/search:",
            help="With every predictor, all β under the finger, and curves where a mask came along.",
        ):
            guests.put(scan_guests.guest_of(own, result, index))
            to_explore(scan_guests.address_of(result.job))


def _figures(result: Result, found: Measured, feeds: Any) -> None:
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
    name = result.job.predictor[0]
    chart.show(st.container(key="charts"), "scan")
    basis = f"{len(result.prepared.images)} slices of 1 subject"
    chart.feed(feeds, "scan", curve_charts("This scan", {name: found.histogram}, basis))


def _wait(own: Own, place: Any) -> None:
    """Show how far the scoring is until it ends; a newer change of the page ends this between two looks."""
    assert own.task is not None
    task, job, prepared = own.task
    with place:
        row = st.container(horizontal=True, vertical_alignment="center", key="own-progress")
        bar = row.empty()
        row.button("Cancel", key="own-cancel", on_click=_cancel, icon=":material/close:")
        while (now := QUEUE.progress(task)).state in OPEN:
            bar.progress(now.done / now.total if now.total else 0.0, _progress_text(now))
            time.sleep(PAUSE_S)
    own.task = None
    if now.state is State.FAILED:
        st.error(plain(task.problem), icon=":material/error:")
    elif now.state is State.CANCELLED:
        st.info("The scoring was given up: the page was left for more than a minute. Start it again.")
    elif task.scored is not None:
        own.result = result_of(own.packet_key(prepared), job, task.scored, prepared)
        own.shown_slice = None
        st.rerun()


def _progress_text(now: Progress) -> str:
    if now.state is State.WAITING:
        before = "one scan is" if now.ahead == 1 else f"{now.ahead} scans are"
        return f"Waiting: {before} before yours" if now.ahead else "Starting"
    left = "" if now.remaining_s is None else f", about {math.ceil(now.remaining_s)} s left"
    return f"Scoring: {now.done} of {now.total} slices{left}" if now.total else "Scoring: first slices"
