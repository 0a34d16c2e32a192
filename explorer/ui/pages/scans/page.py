"""The page "Own scans": load a scan, see it in three planes, score it, measure and take the map along."""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeGuard

import streamlit as st

from explorer.cards import Pretrained
from explorer.concurrency.turns import Rank
from explorer.looking import server
from explorer.scans.finding.finding import find
from explorer.scans.placing.preparing import Prepared
from explorer.scans.scoring.jobs import Job
from explorer.scans.scoring.queue import OPEN, Progress, State
from explorer.scans.scoring.scoring import score_scan
from explorer.ui.components import planes
from explorer.ui.controls import held, viewing
from explorer.ui.messages import plain
from explorer.ui.pages.scans import calibrating, choices, session, sources
from explorer.ui.pages.scans.feeds import result_of, settings_for
from explorer.ui.pages.scans.results import headline, report
from explorer.ui.pages.scans.session import PAUSE_S, QUEUE, Own, Shown
from explorer.ui.patience import in_place, patient


def page(to_explore: Callable[[dict[str, str]], None]) -> None:
    """Show the page; wrong input becomes a message, and what was there before stays.

    Args:
        to_explore: leaves for the Explore page with these settings in its address.

    Streamlit keeps callbacks longer than the controls that they belong to, so none of them holds the scan.
    """
    with patient(in_place(st.empty())):
        _page(to_explore)


def _page(to_explore: Callable[[dict[str, str]], None]) -> None:
    with st.sidebar:
        st.header("Scan", anchor=False)
        problem = _try(_load)
        own = session.current()
        job = prepared = None
        if own is not None:
            st.header("Scoring", anchor=False)
            chosen: list[tuple[Pretrained, Job, tuple[Prepared, bytes]]] = []
            problem = _try(lambda: chosen.append(_choose(own))) or problem
            if chosen:
                model, job, prepared = chosen[0]
                job, wrong = calibrating.choose(job, model)
                problem = problem or wrong
                _reread(own, job)
            _start_button(own, job, prepared)
        problem = _try(choices.upload_model) or problem
        sources.delete_button()
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
    files = sources.choose()
    if files is None:
        return
    with st.spinner("Reading and placing the scan"):
        session.put(sources.load(files))


def _choose(own: Own) -> tuple[Pretrained, Job, tuple[Prepared, bytes]]:
    """The chosen model and job, and the scan before the model."""
    model = choices.choose_model(own)
    way = choices.choose_brain(own)
    with st.spinner("Finding the brain, some seconds the first time"):
        before = own.before(model.card, way)
    return model, dataclasses.replace(choices.choose_job(own, model), brain=way), before


def _reread(own: Own, job: Job) -> None:
    """Read the scores that are there against other healthy ones, or at another share of false positives."""
    if own.result is None:
        return
    found = own.result.finding
    if (found.job.own, found.job.false_positives) == (job.own, job.false_positives):
        return
    job = dataclasses.replace(found.job, own=job.own, false_positives=job.false_positives)
    found = find(found.scan, found.prepared, job, found.scored, found.key, mask=found.mask)
    own.result = result_of(own.packet_key(found.prepared), found)


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
    own = session.current()
    if own is None or own.offer is None:
        return
    own.stop()
    job, prepared = own.offer
    task = QUEUE.submit(
        lambda: score_scan(prepared, job.scoring, contrast=job.sequence, turn=server.network(Rank.LATER))
    )
    own.task = (task, job, prepared)


def _cancel() -> None:
    own = session.current()
    if own is not None:
        own.stop()


def _explain() -> None:
    st.header("Your own scans", anchor=False)
    if held.is_lost():
        st.warning(
            "The scan that was here is gone, with its scores: both live in the memory of one visit, which "
            "ends when the page is loaded anew or the server restarts. Load it again.",
            icon=":material/warning:",
        )
    st.info(
        "Load a scan in the sidebar (where it is closed, » at the top left opens it): the example, a file of "
        "yours, or one from this server. It is turned the right way round by its affine, shown beside what "
        "the network sees, scored slice by slice, and the map leaves as NIfTI on the scan's own grid.",
        icon=":material/upload_file:",
    )
    st.caption(
        "What you bring stays in the memory of this session: it is not written to disk, not logged, not "
        "shown to others, and deleted by the button in the sidebar or when you close the page."
    )


def _show(
    own: Own, before: tuple[Prepared, bytes] | None, to_explore: Callable[[dict[str, str]], None]
) -> None:
    progress = st.container()
    if before is None:
        return
    prepared, packet = before
    headline(own.scan, prepared, own.window)
    result = own.result if own.result is not None and own.result.finding.prepared is prepared else None
    planes.show(_follow)
    key = own.packet_key(prepared)
    feeds = st.container(key="planes-feeds")
    scan_feed, map_feed, settings_feed = (feeds.empty() for _ in range(3))
    planes.feed(scan_feed, "scan", packet)
    if result is not None:
        planes.feed(map_feed, "map", result.packet)
    planes.feed(settings_feed, "settings", settings_for(key, result))
    if result is not None:
        report(own, result, feeds, to_explore)
    if own.task is not None:
        _wait(own, progress)
    calibrating.wait(progress)


def _follow(change: Mapping[str, Any]) -> None:
    """Do as the planes say; anything else than a score, a slice or a convention of sides is left out."""
    threshold = change.get("threshold")
    if isinstance(turned := change.get("radiological"), bool):
        viewing.turn_to(turned)
    own = session.current()
    if own is None or own.result is None:
        return
    if isinstance(threshold, int | float) and not isinstance(threshold, bool) and math.isfinite(threshold):
        own.result.finding = own.result.finding.at(float(threshold))
    index, plane = change.get("slice"), change.get("plane")
    if _within(index, len(own.result.finding.values)) and _within(plane, max(own.scan.data.shape)):
        own.shown = Shown(index, plane)


def _within(number: object, count: int) -> TypeGuard[int]:
    return isinstance(number, int) and not isinstance(number, bool) and 0 <= number < count


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
        (key,) = job.scoring.predictors
        finding = find(own.scan, prepared, job, task.scored, key, mask=own.mask)
        own.result = result_of(own.packet_key(prepared), finding)
        own.shown = None
        st.rerun()


def _progress_text(now: Progress) -> str:
    if now.state is State.WAITING:
        before = "one scan is" if now.ahead == 1 else f"{now.ahead} scans are"
        return f"Waiting: {before} before yours" if now.ahead else "Starting"
    left = "" if now.remaining_s is None else f", about {math.ceil(now.remaining_s)} s left"
    return f"Scoring: {now.done} of {now.total} slices{left}" if now.total else "Scoring: first slices"
