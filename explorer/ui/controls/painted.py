"""The shape that a person painted in the viewer: a parameter of the page's address without a control."""

from __future__ import annotations

import streamlit as st

from explorer.anomalies.shape.painted import decode

KEY = "painted"


def painted_shape() -> str:
    """The text of the painted shape, or empty; a text that is no shape's is taken out of the address."""
    try:
        decode(st.query_params.get(KEY, ""))
    except ValueError:
        paint("")
    text = st.query_params.get(KEY, "")
    st.session_state[KEY] = text
    return text


def paint(text: str) -> None:
    """Put a painted shape into the address, or none; the page shows it when it runs next.

    Raises:
        ValueError: where the text is none of a painted shape.
    """
    decode(text)
    if text:
        st.query_params[KEY] = text
    elif KEY in st.query_params:
        del st.query_params[KEY]
