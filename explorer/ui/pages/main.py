"""What runs at each interaction: page settings, the notice, and the page."""

from pathlib import Path

import streamlit as st

from explorer import NOTICE
from explorer.ui.controls import held
from explorer.ui.controls.address import address_of
from explorer.ui.headings import unseen
from explorer.ui.skeleton import skeleton
from explorer.ui.streamlit.sessions import watch_this_session
from explorer.ui.streamlit.style import STYLE
from explorer.ui.warm import wait_until_warm, warming

st.set_page_config(
    page_title="Explorer: anomaly localization with VAEs",
    page_icon=str(Path(__file__).parent / "icon.png"),
    layout="wide",
    menu_items={"about": f"{NOTICE}."},
)


def explore() -> None:
    """The Explore page; imported here so that title and notice are on screen before torch is loaded."""
    with st.sidebar:
        resting = st.empty()
    if warming():
        with resting.container():
            skeleton()
        wait_until_warm()
    resting.empty()
    from explorer.ui.pages.explore import page

    page()


def scans() -> None:
    """The page "Own scans"."""
    wait_until_warm()
    from explorer.ui.pages.scans.page import page

    page(lambda address: st.switch_page(PAGES[0], query_params=address))


def lessons() -> None:
    """The page "Lessons"."""
    wait_until_warm()
    from explorer.ui.pages.lessons.page import page

    page(
        lambda label, address: st.page_link(
            PAGES[0], label=label, icon=":material/play_arrow:", query_params=address
        )
    )


PAGES = (
    st.Page(explore, title="Explore", icon=":material/search:", default=True),
    st.Page(scans, title="Own scans", icon=":material/upload_file:", url_path="scans"),
    st.Page(lessons, title="Lessons", icon=":material/school:", url_path="lessons"),
)

watch_this_session()
st.html(STYLE)
st.caption(f":material/info: {NOTICE}.")
here = st.navigation(PAGES, position="hidden")
unseen(1, here.title)
with st.sidebar, st.container(horizontal=True, key="pages"):
    st.page_link(PAGES[0], query_params=address_of("explore").written)
    st.page_link(PAGES[1], query_params={held.MARK: held.HELD} if held.SCAN in st.session_state else None)
    st.page_link(PAGES[2])
here.run()
