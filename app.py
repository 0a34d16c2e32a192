"""The app: `streamlit run app.py`."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st

from explorer.ui.components.chart.route import plotly_route
from explorer.ui.streamlit.serving import between
from explorer.ui.streamlit.sessions import close_departed
from explorer.ui.warm import start_warming


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Load libraries and models while the browser loads the page; clear up; end with scans half scored."""
    start_warming()
    clearing = asyncio.create_task(close_departed())
    yield
    clearing.cancel()
    from explorer.ui.pages.scans.session import QUEUE  # not before: what it needs is loaded by now

    QUEUE.close()


def explain(_: Exception) -> bool:
    """Say plainly that something unforeseen happened; Streamlit has logged it."""
    st.error(
        "Something went wrong in the program; the server's log says what. "
        "Change a control or reload the page to go on: nothing you chose is lost.",
        icon=":material/error:",
    )
    return True


MAIN, ROUTES, BETWEEN = "explorer/ui/pages/main.py", [plotly_route()], between()
app = st.App(MAIN, lifespan=lifespan, routes=ROUTES, middleware=BETWEEN, on_script_error=explain)
