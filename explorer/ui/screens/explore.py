"""The Explore page: one slice, one anomaly, one model, every predictor."""

from __future__ import annotations

from typing import Any

import streamlit as st

from explorer.evaluation.report import figures
from explorer.ui import cached, view
from explorer.ui.charts import precision_recall_chart, rate_distortion_chart, roc_chart
from explorer.ui.messages import plain
from explorer.ui.panels import grid
from explorer.ui.sidebar import default_state, sidebar
from explorer.ui.state import State, left_out
from explorer.ui.tables import figures_table

CHART = {"displayModeBar": False}


def page() -> None:
    """Show the page; wrong input becomes a message, the rest of the page stays."""
    asked = None if "opened" in st.session_state else st.query_params.to_dict()
    try:
        state = sidebar()
        _say_what_was_left_out(asked)
        _main(state)
    except ValueError as error:
        st.error(plain(str(error)), icon=":material/error:")


def _say_what_was_left_out(asked: dict[str, str] | None) -> None:
    """On the first run of a session, name the parameters of the address that no control could take."""
    st.session_state["opened"] = True
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
    """Do once what the first visitor would wait for: the default view of a slice, a chart of each kind.

    The cohort is left to the page: it is computed while the browser loads what it needs to draw charts.
    """
    shown = view.look(default_state())
    roc_chart("", shown.histograms)
    precision_recall_chart("", shown.histograms)


def _main(state: State) -> None:
    shown = view.look(state)
    _headline(state, shown)
    st.html(grid(view.panels(state, shown), shown.case.mask.numpy()))
    if not state.predictors:
        st.info(
            "No map is chosen. Pick at least one under Predictors to see scores, curves and figures.",
            icon=":material/info:",
        )
        _rate_distortion(state, shown)
        return
    # Containers are filled in the order of computing; what is not yet new stays on screen as it was.
    charts = st.container(horizontal=True, key="charts")
    _draw(charts, roc_chart("This slice: ROC", shown.histograms))
    _draw(charts, precision_recall_chart("This slice: precision-recall", shown.histograms))
    numbers = st.container(horizontal=True, key="figures")
    left, right = numbers.container(), numbers.container()
    with right:
        _rate_distortion(state, shown)
    _cohort(state, shown, charts, left)


def _cohort(state: State, shown: view.SliceView, charts: Any, numbers: Any) -> None:
    """Draw the cohort's curves and figures after the first batch, and again as batches come in."""
    places: list[Any] = [charts, charts, numbers, numbers]
    for result in view.cohort(state):
        histograms = {name: counts.pixels for name, counts in result.predictors.items()}
        found = figures(result)
        places = [
            _draw(places[0], roc_chart(f"Cohort of {result.done}: ROC", histograms)),
            _draw(
                places[1], precision_recall_chart(f"Cohort of {result.done}: precision-recall", histograms)
            ),
            places[2].html(figures_table(shown.histograms, found)),
            _show_progress(places[3], result.done, result.total, found),
        ]


def _show_progress(place: Any, done: int, total: int, found: dict[str, Any]) -> Any:
    if done < total:
        return place.progress(done / total, f"Cohort: {done} of {total} slices")
    return place.caption(_cohort_caption(found))


def _headline(state: State, shown: view.SliceView) -> None:
    pixels = int(shown.case.mask.sum())
    share = 100 * pixels / max(int(shown.case.source.foreground.sum()), 1)
    st.markdown(
        f"**{shown.case.source.name}** · "
        f"{state.anomaly_name}, {pixels} pixels ({share:.1f} % of the foreground) · "
        f"training β **{state.beta:g}**, scoring β **{state.scoring_beta:g}** · "
        f"rec {shown.rec:.1f}, KL {shown.kl:.1f}, ELBO loss {shown.elbo:.1f} nats",
        help="rec: squared error over 2 s², summed over pixels. KL: distance of the latent code from the "
        "prior. ELBO loss: rec + scoring β times KL. Outlined in green: the true mask. Colour bars have the "
        "same range for every image: they end where 99.9 % of healthy pixels lie below; the tick marks 99 %.",
    )
    if state.anomaly.plants and pixels == 0:
        st.info(
            "With these settings the anomaly changes no pixel by more than 0.02. "
            "Raise its strength or size, or move it.",
            icon=":material/info:",
        )


def _draw(place: Any, figure: Any) -> Any:
    return place.plotly_chart(figure, config=CHART, width="stretch")


def _rate_distortion(state: State, shown: view.SliceView) -> None:
    card = cached.pretrained(state.model).card
    betas, kl, rec = view.held_out_curve(card, state.dataset)
    _draw(st, rate_distortion_chart(betas, kl, rec, state.beta, (shown.kl, shown.rec)))
    st.caption(
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
