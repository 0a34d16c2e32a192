"""What stands in the sidebar while models are loaded: one control of each kind that is to come, at rest.

The browser fetches and starts the code of a kind of control when the first one appears: 0.6 s, and during
those it would otherwise wait.
"""

from __future__ import annotations

import streamlit as st

NOTHING = ("…",)


def skeleton() -> None:
    """Draw the resting controls."""
    st.caption("Loading the models…")
    st.header("Image", anchor=False)
    st.selectbox("Dataset", NOTHING, disabled=True, help=" ")
    st.segmented_control("Contrast", NOTHING, disabled=True)
    st.slider("Slice", 0, 1, disabled=True)
    st.header("Anomaly", anchor=False)
    st.toggle("Choose x and y", disabled=True)
    st.number_input("Seed", 0, disabled=True)
    st.header("Model", anchor=False)
    st.select_slider("Training β", ("0", "1"), disabled=True)
    st.multiselect("Predictors", NOTHING, disabled=True)
