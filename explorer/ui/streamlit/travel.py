"""Whether a page runs because a person went back or forward in the browser.

Streamlit restores the query parameters of bound widgets then, and documents no way to ask. Without this
piece an address that differs from the page's is taken for an old one by the clock alone.
"""

from __future__ import annotations

from explorer.ui.streamlit.guard import done_without


def travelled() -> bool | None:
    """True: back or forward; False: neither; None: not known."""
    with done_without("Back and Forward within a second of a change change the address alone"):
        from streamlit.runtime.scriptrunner import get_script_run_ctx

        context = get_script_run_ctx(suppress_warning=True)
        return None if context is None else bool(context.is_history_navigation)
    return None
