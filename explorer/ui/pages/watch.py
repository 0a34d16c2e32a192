"""Watch it happen: a predictor of many passes step by step, or the codes of a VQ-VAE one by one."""

from __future__ import annotations

import streamlit as st

from explorer.evidence.walk import Walk
from explorer.looking import films, runs
from explorer.looking.charts import prior_chart, prior_sentence
from explorer.looking.scene import Scene
from explorer.predictors import PREDICTORS
from explorer.ui.components import chart, player
from explorer.ui.controls import viewing
from explorer.ui.messages import plain
from explorer.ui.patience import in_place, patient
from explorer.wire.film import Film

PRIOR = "prior"


@st.fragment
def watch(scene: Scene, chosen: str) -> None:
    """Compute, with progress, and play; a newer change of the page ends the computation after a step.

    Args:
        scene: the page's.
        chosen: the name of an iterative predictor that fits the model, or `watching.CODES`.
    """
    try:
        with patient(in_place(st.empty())):
            if chosen == films.CODES:
                _codes(scene)
            else:
                _restoration(scene, chosen)
    except ValueError as error:
        st.error(plain(str(error)), icon=":material/error:")


def _restoration(scene: Scene, name: str) -> None:
    predictor = PREDICTORS[name]
    st.header(f"Watch: {predictor.title}", anchor=False)
    st.markdown(f"{predictor.summary[:1].upper()}{predictor.summary[1:]}.")
    place = st.empty()
    for found in films.restoring(scene, name):
        if isinstance(found, Film):
            film = found
        else:
            place.caption(f"Step {found}; a run is stopped after {runs.SECONDS:g} s")
    place.caption(
        f"{film.labels[-1].capitalize()} is the last; a run is stopped after {runs.SECONDS:g} s. "
        "Changing any control ends it."
    )
    player.show(film.shown(scene.sides, radiological=viewing.radiological()), _pick)


def _codes(scene: Scene) -> None:
    settings = films.settings_of_walk(scene)
    st.header("Watch: the codes", anchor=False)
    st.markdown("Encode, quantise, ask the prior, resample, decode.")
    number, row, column = st.columns(3)
    which = int(number.number_input(
        "Restoration", 1, settings.restorations, key="watch-number",
        help="Which of the restorations: each has random numbers of its own.",
    ))  # fmt: skip
    place = st.empty()
    for found in films.walking(scene, which - 1):
        if isinstance(found, Walk):
            walk = found
        else:
            place.caption(f"Walking: {100 * found:.0f} %")
    rows, columns = walk.codes.shape
    first = walk.drawn.nonzero()[0].tolist() if bool(walk.drawn.any()) else [0, 0]
    for key, largest, start in (("watch-row", rows, first[0]), ("watch-column", columns, first[1])):
        st.session_state.setdefault(key, start)
        st.session_state[key] = min(int(st.session_state[key]), largest - 1)
    at = (
        int(row.number_input("Row of the code", 0, rows - 1, key="watch-row")),
        int(column.number_input("Column of the code", 0, columns - 1, key="watch-column")),
    )
    place.caption(_walk_caption(walk, settings.level))
    if float(walk.drawn.double().mean()) > 0.9:
        st.warning(
            f"{int(walk.drawn.sum())} of {walk.drawn.numel()} codes were drawn anew, so almost nothing of "
            "the image is kept. Raise the level of Latent restoration among the options of the maps.",
            icon=":material/warning:",
        )
    film = films.walked(scene, walk).picking(*at)
    player.show(film.shown(scene.sides, radiological=viewing.radiological()), _pick)
    chart.show(st.container(), PRIOR)
    chart.feed(st.container(), PRIOR, [prior_chart(walk, *at)])
    st.caption(prior_sentence(walk, *at))


def _walk_caption(walk: Walk, level: float) -> str:
    return (
        f"{int(walk.drawn.sum())} of {walk.drawn.numel()} codes are above {walk.threshold:.2f} nats, which "
        f" {100 * level:g} % of healthy pixels' codes do not exceed; the walk took {walk.calls} passes of "
        "the prior, at most one a code."
    )


def _pick(row: int, column: int) -> None:
    st.session_state.update({"watch-row": row, "watch-column": column})
