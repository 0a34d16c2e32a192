"""Healthy scans of the person's own, scored in turn or brought as a file, to read scans against."""

from __future__ import annotations

import dataclasses
import time
import weakref
from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from explorer.cards import Pretrained
from explorer.concurrency.turns import Rank
from explorer.looking import server
from explorer.predictors import healthy_name
from explorer.scans.calibrating.file import ENDING, healthy_bytes, healthy_from
from explorer.scans.calibrating.gathering import Gathering, Source
from explorer.scans.calibrating.own import OwnHealthy
from explorer.scans.finding.threshold import percent, promise
from explorer.scans.placing.brain import AUTO, GIVEN
from explorer.scans.placing.preparing import Prepared
from explorer.scans.reading.files import ScanFile
from explorer.scans.reading.loading import load_scan
from explorer.scans.scoring.jobs import FALSE_POSITIVES, Job
from explorer.scans.scoring.queue import OPEN, Progress, State
from explorer.ui.messages import plain
from explorer.ui.pages.scans import session
from explorer.ui.pages.scans.maps import usable
from explorer.ui.pages.scans.session import QUEUE, Calibrating, upload_key

SHARES = (0.001, 0.005, FALSE_POSITIVES, 0.02, 0.05, 0.1, 0.25, 0.5)
"""Shares of false positives to choose from."""


def choose(job: Job, model: Pretrained) -> tuple[Job, str]:
    """Show the controls; the job with what they add to it, and what was wrong with what was brought."""
    problem = ""
    with st.expander("Calibrate on my own healthy scans"):
        st.caption(
            "Percentiles and threshold hold for scans like the healthy ones that they are of. Some healthy "
            "scans of your own scanner set them right."
        )
        try:
            _bring(job, model)
        except ValueError as error:
            problem = str(error)
        healthy = session.healthy()
        share = st.selectbox(
            "False positives at the threshold",
            SHARES,
            SHARES.index(FALSE_POSITIVES),
            format_func=percent,
            key="own-false-positives",
            help="Expected share of a healthy scan's pixels that reach the threshold. Healthy scans of your "
            "own promise it where there are enough of them (conformal risk control).",
        )
        if healthy is not None:
            _in_use(healthy, share)
    return dataclasses.replace(job, own=healthy, false_positives=share), problem


def wait(place: Any) -> None:
    """Show how far the calibration is until it ends; a newer change of the page ends this meanwhile."""
    work = session.calibrating()
    if work is None:
        return
    with place:
        row = st.container(horizontal=True, vertical_alignment="center", key="own-calibrating-progress")
        bar = row.empty()
        row.button("Cancel", key="own-calibrating-cancel", on_click=session.stop_calibrating)
        while work.task is not None or work.sources:
            if work.task is None:
                work.task = QUEUE.submit(
                    partial(work.gathering.add, work.sources.pop(0), turn=server.network(Rank.LATER))
                )
            while (now := QUEUE.progress(work.task)).state in OPEN:
                bar.progress(*_progress(now, work))
                time.sleep(session.PAUSE_S)
            task, work.task = work.task, None
            if now.state is not State.DONE:
                session.stop_calibrating()
                st.error(plain(task.problem or "The calibration was given up: start it again."))
                return
    session.stop_calibrating()
    try:
        session.put_healthy(work.gathering.made(), tuple(work.gathering.left_out))
    except ValueError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    st.rerun()


def _bring(job: Job, model: Pretrained) -> None:
    """Show the two ways of bringing healthy scores; ValueError says what is wrong with the files."""
    scans = st.file_uploader(
        "Healthy scans",
        ["nii", "gz", "zip", "png", "npy"],
        accept_multiple_files=True,
        key=upload_key("healthy"),
        help="Of other people, without anything abnormal, from the scanner and with the protocol of your "
        "patients' scans. They are scored with the settings above and stay in the memory of this session.",
    )
    begin = st.button("Calibrate on these scans", key="own-calibrate", width="stretch")
    file = st.file_uploader(
        "Or the file of an earlier calibration",
        [ENDING.removeprefix(".")],
        key=upload_key("calibration"),
        help="As this page gives it, or `python -m explorer calibrate MODEL --scans FOLDER`.",
    )
    take = st.button("Use this file", key="own-use-calibration", width="stretch")
    if begin:
        if not scans:
            raise ValueError("there are no healthy scans yet; choose files, then calibrate on them")
        _start([ScanFile(one.name, one.getvalue()) for one in scans], job, model)
    if take:
        if file is None:
            raise ValueError(f"there is no calibration yet; choose a file NAME{ENDING}, then use it")
        session.put_healthy(healthy_from(file.name, file.getvalue()))


def _start(files: list[ScanFile], job: Job, model: Pretrained) -> None:
    """Begin to score healthy scans, each when its turn comes, with all predictors of one pass."""
    chosen = (*job.scoring.predictors.values(), *usable(job.scoring).values())
    predictors = {healthy_name(one): one for one in chosen}
    calibration = server.calibration(model, job.contrast, predictors.values())
    scoring = dataclasses.replace(job.scoring, predictors=predictors, calibration=calibration)
    way = AUTO if job.brain == GIVEN else job.brain  # the given mask is that of another scan
    job = dataclasses.replace(job, scoring=scoring, brain=way)
    sources = [Source(file.name, partial(_prepared, file, job)) for file in files]
    session.begin_calibrating(Calibrating(Gathering(job, [scoring.beta]), sources, len(sources)))


def _prepared(file: ScanFile, job: Job) -> Prepared:
    return job.prepare(load_scan(file, job.volume), turn=server.network(Rank.LATER))


def _progress(now: Progress, work: Calibrating) -> tuple[float, str]:
    """How much is done, and that in words."""
    place = work.total - len(work.sources)
    part = now.done / now.total if now.total else 0.0
    if now.state is State.WAITING and now.ahead:
        return (place - 1) / work.total, f"Waiting: {now.ahead} before healthy scan {place}"
    return (place - 1 + part) / work.total, f"Calibrating: healthy scan {place} of {work.total}"


def _in_use(healthy: OwnHealthy, share: float) -> None:
    """Say what is in use, what was left out, and offer to take it along or to do without."""
    betas = ", ".join(f"{beta:g}" for beta in healthy.betas)
    names = ", ".join(healthy.scans)
    st.caption(
        f"In use: **{plain(healthy.whose)}** ({plain(names)}), model {plain(healthy.model)}, training "
        f"β {betas}. {promise(len(healthy.scans), share)}."
    )
    for why in session.left_out():
        st.warning(f"Left out: {plain(why)}", icon=":material/warning:")
    st.download_button(
        "Take the calibration along",
        _later(healthy),
        f"{healthy.model}.healthy{ENDING}",
        "application/octet-stream",
        key="own-calibration-file",
        on_click="ignore",
        width="stretch",
        help="For this page and for `localize --calibration`. It holds scores and the names of the scans' "
        "files, no images.",
    )
    st.button("Do without", key="own-no-calibration", on_click=session.forget_healthy, width="stretch")


def _later(healthy: OwnHealthy) -> Callable[[], bytes]:
    """What makes the file, if the scores have not been deleted meanwhile; then it is empty."""
    held = weakref.ref(healthy)

    def made() -> bytes:
        found = held()
        return b"" if found is None else healthy_bytes(found)

    return made
