"""The Explore page: one slice, one anomaly, one model, every predictor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from explorer.evaluation.cohort import CohortResult
from explorer.evaluation.histogram import ScoreHistogram
from explorer.evaluation.report import figures
from explorer.looking import caches, runs
from explorer.looking.charts import (
    BOLD,
    Chart,
    cohort_basis,
    curve_charts,
    figures_table,
    rate_distortion_chart,
)
from explorer.looking.cohort import cohort, held_out, held_out_curve
from explorer.looking.defaults import default_state
from explorer.looking.output.words import words
from explorer.looking.scene import Scene, resolve
from explorer.looking.view import SliceView, look
from explorer.predictors import PREDICTORS
from explorer.ui.components import chart, viewer
from explorer.ui.controls import viewing
from explorer.ui.controls.address import Address, address_of
from explorer.ui.controls.follow import follow
from explorer.ui.controls.guests import VISIT
from explorer.ui.controls.model import beta_options, scoring_options
from explorer.ui.controls.sidebar import sidebar
from explorer.ui.headings import unseen
from explorer.ui.messages import plain
from explorer.ui.pages.captions import (
    OWN_SLICE_GONE,
    cohort_caption,
    headline,
    left_out,
    nearest_taken,
    rate_distortion_caption,
)
from explorer.ui.pages.frames import Frames, Told
from explorer.ui.pages.lessons import course
from explorer.ui.pages.lessons.panel import Panel, offer_return
from explorer.ui.pages.takeaway import cohort_files, slice_files
from explorer.ui.pages.watch import watch
from explorer.ui.patience import OTHERS, in_place, patient
from explorer.ui.streamlit.element import Place

SLICE, COHORT, TRADE = "slice", "cohort", "trade"
"""Places of charts."""


@dataclass
class Visit:
    """What the page remembers of a session between two runs.

    Attributes:
        scene: what was shown last.
        moved: whether nothing but betas was moved in the viewer since then.
    """

    scene: Scene | None = None
    moved: bool = False


def page() -> None:
    """Show the page; wrong input becomes a message, the rest of the page stays."""
    address = address_of("explore")
    address.begin()
    here = course.take_up(address)
    places = _Places()
    try:
        with patient(in_place(places.waiting)):
            ahead = _curves_ahead(places)
            state, watched, looks = sidebar(address)
            scene = resolve(state)
            _visit().scene = scene
            _say_what_was_left_out(address, places)
            with places.feeds:
                _remember(address, looks, (viewing.radiological(), viewer.heard()))
            lesson = Panel(here, address, places.lesson)
            if here is None:
                with places.messages:
                    offer_return(address)
            _main(scene, places, ahead, watched, partial(viewing.told, address, looks), lesson)
    except ValueError as error:
        _say_what_was_left_out(address, places)
        places.messages.error(plain(str(error)), icon=":material/error:")
    finally:
        address.keep()


def warm() -> None:
    """Do once what the first visitor would wait for: the default view of a slice.

    The cohort is left to the page: it is computed while the browser loads what it needs to draw.
    """
    look(resolve(default_state()))


def _visit() -> Visit:
    found: Visit = st.session_state.setdefault(VISIT, Visit())
    return found


class _Places:
    """The parts of the page from top to bottom; they are filled in the order of computing.

    What is not yet new stays on screen as it was.
    """

    def __init__(self) -> None:
        self.messages, self.headline = st.container(), st.container()
        stage = st.container(horizontal=True, key="stage")
        self.viewer, self.lesson = stage.container(key="viewer-stage"), stage.container(key="lesson")
        self.waiting = self.headline.empty()
        self.feeds = st.container(key="viewer-feeds")
        self.curves = {name: self.feeds.empty() for name in (SLICE, COHORT, TRADE)}
        self.watched, self.hint = st.container(), st.container()
        charts = st.container(horizontal=True, key="charts")
        numbers = st.container(horizontal=True, key="figures")
        self.figures, self.trade = numbers.container(), numbers.container()
        with self.figures:
            unseen(2, "Figures")
        self.table = Place(self.figures)
        self.words = st.container()
        for place, name in ((charts, SLICE), (charts, COHORT), (self.trade, TRADE)):
            chart.show(place, name)


def _curves_ahead(places: _Places) -> Scene | None:
    """Draw the slice's curves before the controls are built, if nothing but a beta moved in the viewer.

    Returns:
        The scene that they show, to be compared with what the controls then say; None: nothing was drawn.
    """
    visit = _visit()
    before, moved, visit.moved = visit.scene, visit.moved, False
    if not moved or before is None or not before.state.predictors or before.state.iterative:
        return None
    beta = float(st.session_state["beta"])
    scoring_beta = beta if before.state.linked else float(st.session_state["scoring-beta"])
    scene = before.with_state(beta=beta, scoring_beta=scoring_beta)
    _curves(look(scene), places, turn=1)
    return scene


def _curves(shown: SliceView, places: _Places, turn: int = 0) -> None:
    charts = curve_charts("This slice", shown.histograms, "1 slice") if shown.histograms else []
    chart.feed(places.curves[SLICE], SLICE, charts, turn)


def _say_what_was_left_out(address: Address, places: _Places) -> None:
    """When the page was opened, name the parameters of the address that no control could take."""
    ignored, nearest, gone = address.told()
    if gone:
        places.messages.warning(OWN_SLICE_GONE, icon=":material/link_off:")
    if nearest:
        places.messages.info(nearest_taken(nearest), icon=":material/link:")
    if ignored:
        places.messages.warning(left_out(ignored), icon=":material/link_off:")


@st.fragment
def _remember(address: Address, looks: viewing.Rules, shown: tuple[bool, int]) -> None:
    """Keep how a person has the viewer show things, and write it to the address, between two runs.

    Args:
        address: of the page.
        looks: the rules of what is kept.
        shown: which side the page shows at the left, and the viewer's message that it has followed. A message
            that comes together with a look runs this fragment alone.
    """

    def take(told: Mapping[str, Any]) -> None:
        viewing.take(told, looks)
        address.late = True

    viewer.listen(take)
    if address.late:
        address.write()
    if shown != (viewing.radiological(), viewer.heard()):
        st.rerun()  # a film on the page turns with the viewer, too


def _main(
    scene: Scene, places: _Places, ahead: Scene | None, watched: str, told: Told, lesson: Panel
) -> None:
    state = scene.state
    with places.viewer:
        viewer.show(_follow)
        progress = st.empty()
    frames = Frames(scene, places.feeds, told)
    known = look(scene.quick)
    with places.headline:
        _headline(scene, known)
    if runs.missing(scene):
        frames.meanwhile()
        _figures_so_far(scene, known, places)
    _iterate(scene, progress)
    frames.begin()
    lesson.finish(state)
    shown = look(scene) if state.iterative else known
    if ahead is None or state != ahead.state:
        _curves(shown, places)
    if watched:
        with places.watched:
            watch(scene, watched)
    if not state.predictors:
        places.hint.info(
            "No map is chosen. Pick at least one under Predictors to see scores, curves and figures.",
            icon=":material/info:",
        )
    _rate_distortion(scene, shown, places)
    with places.words, st.expander("What the words mean"):
        st.html(words(state.predictors, state.anomaly_name))
    with places.trade:
        slice_files(scene, shown, told)
    frames.finish()
    if state.predictors:
        _cohort(scene, shown, places)
    else:
        chart.feed(places.curves[COHORT], COHORT, [])


def _follow(change: Mapping[str, Any]) -> None:
    """Do as the viewer says; Streamlit keeps this longer than the page, so it holds no scene."""
    visit = _visit()
    if visit.scene is not None:
        visit.moved = follow(change, visit.scene)


def _figures_so_far(scene: Scene, known: SliceView, places: _Places) -> None:
    """Curves and figures without those of the predictors of many passes, whose rows stay open."""
    _curves(known, places, turn=2)
    rows = {name: known.histograms.get(name, ScoreHistogram.empty()) for name in scene.state.predictors}
    places.table.draw("html", figures_table(rows, None))


def _iterate(scene: Scene, place: Any) -> None:
    """Run the predictors of many passes, with progress; a newer change of the page ends this after a step."""
    names = list(scene.state.iterative)
    if not names:
        return
    for name, step in runs.run(scene):
        place.caption(f"{PREDICTORS[name].title}: step {step}; at most {runs.SECONDS:g} s")
    taken = ", ".join(f"{PREDICTORS[name].title} {runs.answer(scene, name).step} steps" for name in names)
    only = ": for the current training β only" if len(beta_options(scene.pretrained)) > 1 else ""
    place.caption(
        f"{taken}{only}; a run is stopped after {runs.SECONDS:g} s and shows what it has reached by then."
    )


def _cohort(scene: Scene, shown: SliceView, page: _Places) -> None:
    """Draw the cohort's curves and figures after the first batch, and again as batches come in."""
    table, progress = page.table, Place(page.figures)
    done, total = 0, scene.state.cohort_size

    def say(seconds: float = 0.0) -> None:
        others = f"; {OTHERS}" if seconds else ""
        progress.draw("progress", done / total, f"Cohort: {done} of {total} slices{others}")

    with patient(say):
        for turn, result in enumerate(cohort(scene)):
            charts, found = caches.DRAWN.get_or_make(result, partial(_drawn, scene, result))
            chart.feed(page.curves[COHORT], COHORT, charts, turn)
            table.draw("html", figures_table(shown.histograms, found))
            done, total = result.done, result.total
            if done < total:
                say()
    progress.draw("caption", f"{cohort_caption(found)} {BOLD}")
    cohort_files(page.figures, scene, result)


def _drawn(scene: Scene, result: CohortResult) -> tuple[list[Chart], dict[str, Any]]:
    """Curves and figures of a cohort."""
    histograms = {name: counts.pixels for name, counts in result.predictors.items()}
    state = scene.state
    basis = cohort_basis(
        scene.dataset, state.cohort_size, state.seed, result.done, plants=state.anomaly.plants
    )
    return curve_charts(f"Cohort of {result.done}", histograms, basis), figures(result)


def _headline(scene: Scene, shown: SliceView) -> None:
    weighs = bool(scoring_options(scene.pretrained))
    st.markdown(headline(scene.state, shown, weighs=weighs))
    if scene.misfit:
        st.info(f"Nothing is planted: {plain(scene.misfit)}.", icon=":material/info:")
    elif scene.state.anomaly.plants and not bool(shown.case.mask.any()):
        st.info(
            "With these settings the anomaly changes no pixel by more than 0.02. "
            "Raise its strength or size, or move it.",
            icon=":material/info:",
        )
    if caution := scene.pretrained.card.caution(scene.state.anomaly_name):
        st.caption(f":material/warning: {plain(caution)}")


def _rate_distortion(scene: Scene, shown: SliceView, places: _Places) -> None:
    card, dataset = scene.pretrained.card, scene.state.dataset
    healthy = held_out(card, dataset)
    if healthy is None:
        chart.feed(places.curves[TRADE], TRADE, [])
        places.trade.caption(f"The model has no figures on healthy images of {dataset}.")
        return
    betas, kl, rec = held_out_curve(healthy)
    found = rate_distortion_chart(betas, kl, rec, scene.state.beta, (shown.kl, shown.rec))
    chart.feed(places.curves[TRADE], TRADE, [found])
    places.trade.caption(rate_distortion_caption(healthy))
