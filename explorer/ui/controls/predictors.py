"""Which maps, with which options, and what is to be watched step by step."""

from __future__ import annotations

from typing import Any

import streamlit as st

from explorer.cards import Pretrained
from explorer.evaluation.calibrating import FEW_SLICES
from explorer.evidence import parts_of
from explorer.looking import defaults
from explorer.looking.films import CODES
from explorer.looking.healthy import FEWEST_SLICES
from explorer.predictors import PREDICTORS
from explorer.ui.controls import widgets
from explorer.ui.controls.address import Address
from explorer.ui.controls.settings import plugin_controls

OFFERED = "maps-offered"
"""Key of the session: the maps that were offered last, and those that the model of now has not."""


def choose_predictors(
    pretrained: Pretrained, dataset: str, address: Address, *, unread: bool
) -> dict[str, dict[str, Any]]:
    """Show the controls; settings by name of the chosen predictors.

    Args:
        pretrained: the model.
        dataset: the images' name.
        address: holds the controls.
        unread: whether the model's files cannot be read.
    """
    names = defaults.offered(pretrained, dataset, unread=unread)
    dropped = _keep_what_fits(names)
    chosen = widgets.several(
        "Maps",
        names,
        defaults.shown_unasked(names),
        key="predictors",
        address=address,
        format_func=title_of,
        help="Methods that turn what the model says into a map of anomaly scores.",
    )
    if dropped:
        st.caption(f"Left out, as this model lacks what they need: {', '.join(map(title_of, dropped))}.")
    if not unread:
        _say_what_is_uncalibrated(chosen, pretrained, dataset)
    found = {}
    with st.expander("Options of the maps"):
        for name in chosen:
            st.markdown(f"**{title_of(name)}**: {PREDICTORS[name].summary}.")
            found[name] = plugin_controls(name, PREDICTORS[name], address=address)
    return found


def title_of(name: str) -> str:
    """What a predictor, or the walk over the codes, is called on the page."""
    return "Codes" if name == CODES else PREDICTORS[name].title


def choose_watched(pretrained: Pretrained, dataset: str, address: Address, *, unread: bool) -> str:
    """Show the control; what shall be watched step by step, or nothing; as `choose_predictors`."""
    offered = defaults.offered(pretrained, dataset, unread=unread)
    names = [name for name in offered if PREDICTORS[name].iterative]
    if "code_nll" in parts_of(pretrained.model) and (unread or pretrained.healthy(dataset) is not None):
        names.append(CODES)
    if not names:
        return ""
    chosen = widgets.select(
        "Watch it happen",
        names,
        None,
        key="watch",
        address=address,
        placeholder="nothing",
        format_func=title_of,
        help="Plays a method of many passes step by step below the viewer; codes: from the image to its "
        "latent codes and back.",
    )
    return chosen or ""


def _say_what_is_uncalibrated(chosen: list[str], pretrained: Pretrained, dataset: str) -> None:
    healthy = pretrained.healthy(dataset)
    unknown = [name for name in chosen if healthy is None or not healthy.knows(name)]
    if unknown:
        named = ", ".join(map(title_of, unknown))
        st.caption(
            f"Uncalibrated: the model has no healthy scores of {named}. Their scale is that of "
            f"{FEW_SLICES} healthy slices, of {FEWEST_SLICES} where many passes are taken, scored here. "
            f"To add them: `python -m explorer calibrate {pretrained.card.name}`"
        )


def _keep_what_fits(names: list[str]) -> list[str]:
    """After another model was chosen, keep the chosen maps that it has; returns those that it has not.

    Where none is left, or exactly those were shown that the other model shows unasked, its own are shown.
    """
    before: list[str]
    dropped: list[str]
    before, dropped = st.session_state.get(OFFERED, (names, []))
    chosen = st.session_state.get("predictors")
    if before != names:
        dropped = []
    if chosen is not None and before != names:
        dropped = [name for name in chosen if name not in names]
        kept = [name for name in chosen if name in names]
        untouched = set(chosen) == set(defaults.shown_unasked(before))
        st.session_state["predictors"] = kept if kept and not untouched else defaults.shown_unasked(names)
    st.session_state[OFFERED] = names, dropped
    return dropped
