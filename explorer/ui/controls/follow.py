"""What a person moved in the viewer, written to the page's controls, so that both and the address agree."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import streamlit as st

from explorer.anomalies.params import SIZES
from explorer.looking.scene import Scene
from explorer.ui.controls.anomaly import paint
from explorer.ui.controls.model import beta_options, scoring_options

BETAS_ALONE = {"beta", "scoring", "number"}


def follow(change: Mapping[str, Any], scene: Scene) -> bool:
    """Set the controls as the viewer says; what is not among their options is left out.

    Args:
        change: from the browser, so anything: see `explorer.ui.components.viewer.show`.
        scene: the page's, as it was when the viewer was shown.

    Returns:
        Whether nothing but betas changed.
    """
    state = scene.state
    betas, scorings = beta_options(scene.pretrained), scoring_options(scene.pretrained)
    if len(betas) > 1 and change.get("beta") in betas:
        st.session_state["beta"] = change["beta"]
    if change.get("scoring") in scorings:
        st.session_state["scoring-beta"] = change["scoring"]
    if scorings and isinstance(change.get("linked"), bool):
        st.session_state["linked"] = change["linked"]
        if not change["linked"] and state.linked:
            st.session_state["scoring-beta"] = st.session_state.get("beta", betas[0])
    if state.anomaly.placeable and isinstance(change.get("painted"), str):
        paint(change["painted"])
    if state.anomaly.placeable and isinstance(change.get("plant"), Mapping):
        _place(change["plant"], state.anomaly_name)
    return BETAS_ALONE.issuperset(key for key, value in change.items() if value is not None)


def _place(plant: Mapping[str, Any], name: str) -> None:
    limits = {"x": (0.0, 1.0), "y": (0.0, 1.0), "size": SIZES}
    if not all(_is_within(plant.get(key), *ends) for key, ends in limits.items()):
        return
    st.session_state[f"{name}-by-hand"] = True
    st.session_state.update({f"{name}-{key}": float(plant[key]) for key in limits})


def _is_within(value: object, low: float, high: float) -> bool:
    usable = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return usable and low <= float(value) <= high  # type: ignore[arg-type]
