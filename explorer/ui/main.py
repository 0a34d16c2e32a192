"""What runs at each interaction: page settings, the notice, and the page."""

from pathlib import Path

import streamlit as st

from explorer import NOTICE
from explorer.ui.style import STYLE
from explorer.ui.warm import wait_until_warm

st.set_page_config(
    page_title="Explorer: anomaly localization with VAEs",
    page_icon=str(Path(__file__).parent / "icon.png"),
    layout="wide",
    menu_items={"about": f"{NOTICE}."},
)


def explore() -> None:
    """The Explore page; imported here so that title and notice are on screen before torch is loaded."""
    wait_until_warm()
    from explorer.ui.screens.explore import page

    page()


st.html(STYLE)
st.caption(f":material/info: {NOTICE}.")
st.navigation([st.Page(explore, title="Explore", icon=":material/search:")], position="hidden").run()
