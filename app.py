"""The app: `streamlit run app.py`."""

import streamlit as st

NOTICE = "Research and teaching only: not a medical device, not for diagnosis."

st.set_page_config(
    page_title="Explorer: anomaly localization with VAEs",
    page_icon="explorer/ui/icon.png",
    layout="wide",
    menu_items={"about": NOTICE},
)


def explore() -> None:
    """The Explore page; imported here so that the title and the notice are there before torch is."""
    from explorer.ui.pages.explore import page

    page()


st.caption(f":material/info: {NOTICE}")
st.navigation([st.Page(explore, title="Explore", icon=":material/troubleshoot:")], position="hidden").run()
