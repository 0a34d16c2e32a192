"""The Explore page: one slice, one anomaly, one model, every predictor."""

from __future__ import annotations

import logging
from typing import Any

import streamlit as st

from explorer.evaluation.report import figures
from explorer.ui import cached, view
from explorer.ui.charts import precision_recall_chart, rate_distortion_chart, roc_chart
from explorer.ui.panels import grid
from explorer.ui.sidebar import sidebar
from explorer.ui.state import State
from explorer.ui.tables import figures_table

CHART = {"displayModeBar": False}
STYLE = """
<style>
.stMainBlockContainer {padding: 2.2rem 2rem 2rem;}
.st-key-charts > * {flex: 1 1 235px !important; min-width: 235px;}
.st-key-figures > :first-child {flex: 2 1 460px !important; min-width: 0;}
.st-key-figures > :last-child {flex: 1 1 300px !important; min-width: 280px;}
[data-testid="stSidebar"] .stElementContainer {margin-bottom: -.35rem;}
</style>
"""


def page() -> None:
    """Show the page; wrong input becomes a message, the rest of the page stays."""
    st.html(STYLE)
    try:
        state = sidebar()
        _main(state)
    except ValueError as error:
        st.error(f"{error}", icon=":material/error:")


def _main(state: State) -> None:
    shown = view.look(state)
    _headline(state, shown)
    st.html(grid(view.panels(state, shown), shown.case.mask.numpy()))
    with st.container(horizontal=True, key="charts"):
        _draw(st.empty(), roc_chart("This slice: ROC", shown.histograms))
        _draw(st.empty(), precision_recall_chart("This slice: precision-recall", shown.histograms))
        cohort_roc, cohort_pr = st.empty(), st.empty()
    with st.container(horizontal=True, key="figures"):
        with st.container():
            table, bar = st.empty(), st.empty()
        with st.container():
            _rate_distortion(state, shown)
    table.html(figures_table(shown.histograms, None))
    for result in view.cohort(state):
        histograms = {name: counts.pixels for name, counts in result.predictors.items()}
        _draw(cohort_roc, roc_chart(f"Cohort of {result.done}: ROC", histograms))
        _draw(cohort_pr, precision_recall_chart(f"Cohort of {result.done}: precision-recall", histograms))
        found = figures(result)
        table.html(figures_table(shown.histograms, found))
        if result.done < result.total:
            bar.progress(result.done / result.total, f"Cohort: {result.done} of {result.total} slices")
        else:
            bar.caption(_cohort_caption(found))


def _headline(state: State, shown: view.SliceView) -> None:
    pixels = int(shown.case.mask.sum())
    share = 100 * pixels / max(int(shown.case.source.foreground.sum()), 1)
    st.markdown(
        f"**{shown.case.source.name}** · {state.anomaly_name}, {pixels} pixels ({share:.1f} % of the foreground) · "
        f"training β **{state.beta:g}**, scoring β **{state.scoring_beta:g}** · "
        f"rec {shown.rec:.1f}, KL {shown.kl:.1f}, ELBO loss {shown.elbo:.1f} nats",
        help="rec: squared error over 2 s², summed over pixels. KL: distance of the latent code from the prior. "
        "ELBO loss: rec + scoring β times KL. Outlined in green: the true mask. Colour bars have the same range for "
        "every image: they end where 99.9 % of healthy pixels lie below; the tick marks 99 %.",
    )
    if state.anomaly.plants and pixels == 0:
        st.info(
            "With these settings the anomaly changes no pixel by more than 0.02. Raise its strength or size, or move it.",
            icon=":material/info:",
        )


def _draw(place: Any, figure: Any) -> None:
    place.plotly_chart(figure, config=CHART, width="stretch")


def _rate_distortion(state: State, shown: view.SliceView) -> None:
    card = cached.pretrained(state.model).card
    betas, kl, rec = view.held_out_curve(card, state.dataset)
    _draw(st, rate_distortion_chart(betas, kl, rec, state.beta, (shown.kl, shown.rec)))
    st.caption(
        "One network, every training β: to the right more passes through the latent code, below the reconstruction "
        "is closer."
    )


def _cohort_caption(found: dict[str, Any]) -> str:
    share = found["prevalence"]
    pixels = "no anomalous pixels" if not share else f"{100 * share:.1f} % of the counted pixels are anomalous"
    samples = ", ".join(
        f"{name} {value:.3f}" for name, value in found["image_auroc"].items() if value is not None
    )
    images = f"; image AUROC of the sample scores: {samples}" if samples else ""
    return f"Cohort: {found['slices']} slices, foreground only, {pixels}{images}."
