"""The Explore page: one slice, one anomaly, one model, every predictor."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

from explorer.cards import HeldOut
from explorer.evaluation.cohort import CohortResult
from explorer.evaluation.report import figures
from explorer.looking import caches, runs, view
from explorer.looking.charts import Chart, curve_charts, rate_distortion_chart
from explorer.looking.downloads import maps_as_npz
from explorer.looking.packets import packets, slice_key
from explorer.looking.state import State, left_out
from explorer.looking.tables import figures_table
from explorer.predictors import PREDICTORS
from explorer.ui.components import curves, viewer
from explorer.ui.controls.moved import BETA_MOVED, follow
from explorer.ui.controls.nearest import TAKEN
from explorer.ui.controls.sidebar import beta_options, default_state, scoring_options, sidebar
from explorer.ui.messages import plain
from explorer.ui.pages.watch import watch

SLICE, COHORT, TRADE = "slice", "cohort", "trade"
"""Places of charts."""


def page() -> None:
    """Show the page; wrong input becomes a message, the rest of the page stays."""
    asked = None if "opened" in st.session_state else st.query_params.to_dict()
    places = _Places()
    try:
        ahead = _curves_ahead(places)
        state, watched = sidebar()
        st.session_state["shown-state"] = state
        with places.messages:
            _say_what_was_left_out(asked)
        _main(state, places, ahead, watched)
    except ValueError as error:
        places.messages.error(plain(str(error)), icon=":material/error:")


class _Places:
    """The parts of the page from top to bottom; they are filled in the order of computing.

    What is not yet new stays on screen as it was.
    """

    def __init__(self) -> None:
        self.messages, self.headline, self.viewer = (st.container() for _ in range(3))
        self.feeds = st.container(key="viewer-feeds")
        self.curves = {name: self.feeds.empty() for name in (SLICE, COHORT, TRADE)}
        self.watched, self.hint = st.container(), st.container()
        charts = st.container(horizontal=True, key="charts")
        numbers = st.container(horizontal=True, key="figures")
        self.figures, self.trade = numbers.container(), numbers.container()
        for place, name in ((charts, SLICE), (charts, COHORT), (self.trade, TRADE)):
            curves.show(place, name)


def _curves_ahead(places: _Places) -> State | None:
    """Draw the slice's curves before the controls are built, if nothing but a beta moved in the viewer.

    Returns:
        The state that they show, to be compared with what the controls then say; None: nothing was drawn.
    """
    moved, before = st.session_state.pop(BETA_MOVED, False), st.session_state.get("shown-state")
    if not moved or before is None or not before.predictors or runs.iterative(before):
        return None
    beta = float(st.session_state["beta"])
    scoring_beta = beta if before.linked else float(st.session_state["scoring-beta"])
    state: State = dataclasses.replace(before, beta=beta, scoring_beta=scoring_beta)
    _curves(view.look(state), places, turn=1)
    return state


def _curves(shown: view.SliceView, places: _Places, turn: int = 0) -> None:
    charts = curve_charts("This slice", shown.histograms) if shown.histograms else []
    curves.feed(places.curves[SLICE], SLICE, charts, turn)


def _say_what_was_left_out(asked: dict[str, str] | None) -> None:
    """On the first run of a session, name the parameters of the address that no control could take."""
    st.session_state["opened"] = True
    taken = st.session_state.pop(TAKEN, {})
    names = {"beta": "training β", "scoring-beta": "scoring β"}
    texts = [f"{names[key]} {found} in place of {plain(text[:20])}" for key, (text, found) in taken.items()]
    if any(float(text) != float(found) for text, found in taken.values()):
        st.info(
            f"The nearest β that the sliders have was taken: {', '.join(texts)}.",
            icon=":material/link:",
        )
    ignored = left_out(
        asked or {}, st.query_params.to_dict(), {str(k): v for k, v in st.session_state.items()}
    )
    if ignored:
        st.warning(
            "The address holds values that this page does not know and has left out: "
            f"{plain(', '.join(ignored))}. All else is as the address says.",
            icon=":material/link_off:",
        )


def warm() -> None:
    """Do once what the first visitor would wait for: the default view of a slice.

    The cohort is left to the page: it is computed while the browser loads what it needs to draw.
    """
    view.look(default_state())


def _main(state: State, places: _Places, ahead: State | None, watched: str) -> None:
    with places.viewer:
        viewer.show(_follow)
        _iterate(state)
    frames = _Frames(state, places.feeds)
    shown = view.look(state)
    if state != ahead:
        _curves(shown, places)
    with places.headline:
        _headline(state, shown)
    if watched:
        with places.watched:
            watch(state, watched)
    if not state.predictors:
        places.hint.info(
            "No map is chosen. Pick at least one under Predictors to see scores, curves and figures.",
            icon=":material/info:",
        )
    _rate_distortion(state, shown, places)
    with places.trade:
        _download(state, shown)
    frames.finish()
    if state.predictors:
        _cohort(state, shown, places)
    else:
        curves.feed(places.curves[COHORT], COHORT, [])


def _follow(change: Mapping[str, Any]) -> None:
    """Do as the viewer says; Streamlit keeps this longer than the page, so it holds no state."""
    state = st.session_state.get("shown-state")
    if state is not None:
        follow(change, state)


def _iterate(state: State) -> None:
    """Run the predictors of many passes, with progress; a newer change of the page ends this after a step."""
    if not runs.iterative(state):
        return
    place = st.empty()
    for name, step in runs.run(state):
        predictor = PREDICTORS[name]
        place.caption(f"{predictor.title}: step {step}; at most {runs.SECONDS:g} s")
    taken = ", ".join(
        f"{PREDICTORS[name].title} {runs.answer(state, name).step} steps" for name in runs.iterative(state)
    )
    only = ": for the current training β only" if len(beta_options(state.model)) > 1 else ""
    place.caption(
        f"{taken}{only}; a run is stopped after {runs.SECONDS:g} s and shows what it has reached by then."
    )


class _Frames:
    """The viewer's frames: the current beta's at once, the others when all else of the slice is on screen."""

    def __init__(self, state: State, feeds: Any) -> None:
        self._feeds = feeds
        controls = feeds.empty()
        self._packets = packets(_as_opened(state))
        viewer.feed(feeds, "frames-0", next(self._packets))
        viewer.feed(controls, "settings", _settings(state))

    def finish(self) -> None:
        """Compute and send what is left; a newer change of the page ends this between two packets."""
        for number, packet in enumerate(self._packets, 1):
            viewer.feed(self._feeds, f"frames-{number}", packet)


def _as_opened(state: State) -> State:
    """The state at the training beta at which its slice was first seen.

    While the scoring beta follows, all betas have the same packet, which is neither computed nor sent again.
    """
    if not state.linked or runs.iterative(state):
        return state
    rest = dataclasses.replace(state, beta=0.0, scoring_beta=0.0, cohort_size=0)
    opened = st.session_state.get("viewer-opened")
    if opened is None or opened[0] != rest:
        st.session_state["viewer-opened"] = opened = (rest, state.beta)
    return dataclasses.replace(state, beta=opened[1], scoring_beta=opened[1])


def _settings(state: State) -> dict[str, Any]:
    betas = beta_options(state.model)
    return viewer.settings(
        slice=slice_key(state),
        betas=betas,
        beta=f"{state.beta:g}",
        scorings=scoring_options(state.model),
        scoring=f"{state.scoring_beta:g}",
        linked=state.linked,
        plant=viewer.plant_of(state.anomaly),
    )


def _download(state: State, shown: view.SliceView) -> None:
    st.download_button(
        "Maps (NPZ)",
        lambda: maps_as_npz(state, shown),
        "maps.npz",
        "application/octet-stream",
        key="maps-npz",
        on_click="ignore",
        help="Image, masks, reconstruction and every map at the present betas as NumPy arrays, exact.",
    )


def _cohort(state: State, shown: view.SliceView, page: _Places) -> None:
    """Draw the cohort's curves and figures after the first batch, and again as batches come in."""
    table: Any = page.figures
    progress: Any = page.figures
    for turn, result in enumerate(view.cohort(state)):
        charts, found = caches.DRAWN.get_or_make(result, partial(_drawn, result))
        curves.feed(page.curves[COHORT], COHORT, charts, turn)
        table = table.html(figures_table(shown.histograms, found))
        progress = _show_progress(progress, result.done, result.total, found)


def _drawn(result: CohortResult) -> tuple[list[Chart], dict[str, Any]]:
    """Curves and figures of a cohort."""
    histograms = {name: counts.pixels for name, counts in result.predictors.items()}
    return curve_charts(f"Cohort of {result.done}", histograms), figures(result)


def _show_progress(place: Any, done: int, total: int, found: dict[str, Any]) -> Any:
    if done < total:
        return place.progress(done / total, f"Cohort: {done} of {total} slices")
    return place.caption(_cohort_caption(found))


def _headline(state: State, shown: view.SliceView) -> None:
    pixels = int(shown.case.mask.sum())
    share = 100 * pixels / max(int(shown.case.source.foreground.sum()), 1)
    st.markdown(
        f"**{plain(shown.case.source.name)}** · "
        f"{state.anomaly_name}, {pixels} pixels ({share:.1f} % of the foreground) · "
        f"{_betas(state)}"
        f"rec {shown.rec:.1f}, KL {shown.kl:.1f}, ELBO loss {shown.elbo:.1f} nats",
        help="rec: squared error over 2 s², summed over pixels. KL: distance of the latent code from the "
        "prior. ELBO loss: rec + scoring β times KL. Outlined in green: the true mask. Colour bars have the "
        "same range for every image: they end where 99.9 % of healthy pixels lie below; the tick marks the "
        "threshold.",
    )
    if state.anomaly.plants and pixels == 0:
        st.info(
            "With these settings the anomaly changes no pixel by more than 0.02. "
            "Raise its strength or size, or move it.",
            icon=":material/info:",
        )


def _betas(state: State) -> str:
    """The betas where there are any to choose."""
    if not scoring_options(state.model):
        return ""
    return f"training β **{state.beta:g}**, scoring β **{state.scoring_beta:g}** · "


def _rate_distortion(state: State, shown: view.SliceView, places: _Places) -> None:
    card = caches.pretrained(state.model).card
    betas, kl, rec = view.held_out_curve(card, state.dataset)
    chart = rate_distortion_chart(betas, kl, rec, state.beta, (shown.kl, shown.rec))
    curves.feed(places.curves[TRADE], TRADE, [chart])
    places.trade.caption(_rate_distortion_caption(card.held_out[state.dataset]))


def _rate_distortion_caption(found: HeldOut) -> str:
    if found.perplexity:
        return (
            f"Held-out healthy images use the codes as if there were {found.perplexity[0]:.0f} of them "
            f"(perplexity); to the prior a code is worth {found.code_nll[0]:.2f} nats on average. KL is "
            "their sum over the image."
        )
    return (
        "One network, every training β: to the right more passes through the latent code, below the "
        "reconstruction is closer."
    )


def _cohort_caption(found: dict[str, Any]) -> str:
    share = found["prevalence"]
    pixels = (
        "no anomalous pixels" if not share else f"{100 * share:.1f} % of the counted pixels are anomalous"
    )
    samples = ", ".join(
        f"{name} {value:.3f}" for name, value in found["image_auroc"].items() if value is not None
    )
    images = f"; image AUROC of the sample scores: {samples}" if samples else ""
    return f"Cohort: {found['slices']} slices, foreground only, {pixels}{images}."
