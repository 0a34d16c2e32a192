"""The sidebar: every control of the Explore page, and the state that they add up to."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from explorer.anomalies import ANOMALIES
from explorer.looking import defaults, server
from explorer.looking.state import State
from explorer.predictors import PREDICTORS
from explorer.ui.controls import viewing, widgets
from explorer.ui.controls.address import Address
from explorer.ui.controls.anomaly import choose_anomaly
from explorer.ui.controls.image import choose_image
from explorer.ui.controls.model import choose_betas, choose_model
from explorer.ui.controls.predictors import choose_predictors, choose_watched
from explorer.ui.controls.viewing import Rules


def sidebar(address: Address) -> tuple[State, str, Rules]:
    """Show the controls and return what they say: the state, what is to be watched, or nothing, and the rules
    of the viewer's look.

    Raises:
        ValueError: for a model whose files cannot be read, and for settings that a control cannot refuse by
            itself; all controls are on screen by then.
    """
    with st.sidebar:
        _offer_steps(address)
        st.header("Image", anchor=False)
        dataset, place, guest = choose_image(address)
        st.header("Anomaly", anchor=False)
        shown = server.dataset(dataset).slice("test", *place) if guest is None else guest.source
        located = shown.atlas is not None
        anomaly, anomaly_settings, seed = choose_anomaly(dataset, address, located=located)
        st.header("Model", anchor=False)
        pretrained, problem = choose_model(dataset, address)
        unread = bool(problem)
        beta, scoring_beta, linked = choose_betas(pretrained, address)
        st.header("Predictors", anchor=False)
        predictors = choose_predictors(pretrained, dataset, address, unread=unread)
        watched = choose_watched(pretrained, dataset, address, unread=unread)
        size = widgets.marks(
            "Cohort size",
            [str(size) for size in defaults.COHORT_SIZES],
            str(defaults.COHORT_SIZE),
            key="cohort",
            address=address,
            help="Test slices that get the same anomaly settings, for the cohort's curves.",
        )
    looks = viewing.rules(list(predictors), server.dataset(dataset).image_size)
    viewing.place(address, looks)
    address.end()
    if problem:
        raise ValueError(problem)
    state = State(
        dataset=dataset,
        place=place,
        anomaly=ANOMALIES[anomaly](**anomaly_settings),
        anomaly_name=anomaly,
        seed=seed,
        model=pretrained.card.name,
        beta=beta,
        scoring_beta=scoring_beta,
        predictors={name: PREDICTORS[name](**settings) for name, settings in predictors.items()},
        cohort_size=int(size),
        linked=linked,
        guest=guest,
    )
    return state, watched, looks


def _offer_steps(address: Address) -> None:
    """Buttons that take a change back and again, as Back and Forward of the browser do."""
    row = st.container(horizontal=True, key="steps")
    for name, keys, take in (("Undo", "Ctrl+Z", address.undo), ("Redo", "Ctrl+Y", address.redo)):
        key = name.lower()
        row.button(name, key=key, type="tertiary", shortcut=keys, on_click=_step, args=(take, key))


def _step(take: Callable[[], bool], name: str) -> None:
    if not take():
        st.toast(f"There is nothing to {name}.")
