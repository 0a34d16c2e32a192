"""What is planted: kind, settings, a painted shape, and the seed of all that is random."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import streamlit as st

from explorer.anomalies import ANOMALIES
from explorer.anomalies.shape.painted import decode
from explorer.looking import defaults
from explorer.ui.controls import widgets
from explorer.ui.controls.address import Address
from explorer.ui.controls.settings import plugin_controls, sentence

PAINTED = "painted"
"""Key of the painted shape's text, which has no control."""


USUAL = "anomaly-usual"
"""Key of the session: the anomaly that the dataset shown last begins with."""


def choose_anomaly(dataset: str, address: Address, *, located: bool) -> tuple[str, dict[str, Any], int]:
    """Show the controls; name of the family, its settings, seed.

    Args:
        dataset: the images' name, which says with which anomaly it begins.
        address: holds the controls.
        located: whether it is known where the image lies in the atlas; only then families that need it are
            offered.
    """
    usual = defaults.anomaly_of(dataset)
    _begin_with(usual)
    name = widgets.select(
        "Kind",
        [name for name in ANOMALIES.names() if located or not ANOMALIES[name].needs_atlas],
        usual,
        key="anomaly",
        address=address,
        help="What is planted into the image; `none` and `as-scanned` leave it as it is. Real lesions are "
        "offered where it is known which part of the brain a pixel shows.",
    )
    assert name is not None
    st.caption(sentence(ANOMALIES[name].summary))
    address.place(PAINTED, "", _shape)
    settings = _settings(name, st.session_state[PAINTED], address)
    seed = widgets.whole(
        "Seed",
        0,
        2**31 - 1,
        defaults.SEED,
        key="seed",
        address=address,
        help="Decides all that is random: place, outline, noise, cohort.",
    )
    return name, settings, seed


def paint(text: str) -> None:
    """Take a painted shape, or none, in the place of the one before; any other text is left out."""
    with suppress(ValueError):
        st.session_state[PAINTED] = _shape(text)


def _begin_with(usual: str) -> None:
    """After a dataset was chosen that begins with another anomaly, take that, if the former was untouched."""
    before = st.session_state.get(USUAL, usual)
    if usual != before and st.session_state.get("anomaly") == before:
        st.session_state["anomaly"] = usual
    st.session_state[USUAL] = usual


def _settings(name: str, painted: str, address: Address) -> dict[str, Any]:
    family = ANOMALIES[name]
    if not (painted and family.placeable):
        return plugin_controls(name, family, address=address)
    settings = plugin_controls(name, family, ("size", "x", "y", "shape"), address=address)
    st.caption("The shape painted in the viewer takes the place of size, place and shape, in the cohort too.")
    st.button("Clear the painted shape", on_click=paint, args=("",), key="clear-painted", width="stretch")
    return settings | {"painted": painted}


def _shape(text: str) -> str:
    """The text of a painted shape; ValueError where it is none."""
    decode(text)
    return text
