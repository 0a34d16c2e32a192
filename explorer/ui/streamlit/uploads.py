"""Uploaded and offered files of a session, which Streamlit keeps until the session ends.

Without these pieces Delete empties the session's state alone: the bytes of uploads stay in the server's
memory, and files that were taken away at their addresses, until the page is closed.
"""

from __future__ import annotations

from explorer.ui.streamlit.guard import done_without


def forget_files() -> bool:
    """Make Streamlit forget the files that came from, and went to, the browser of the session that runs now.

    Returns:
        Whether it has; else it keeps some until the session ends.
    """
    brought = given = False
    with done_without("Delete leaves uploaded files in memory until the page is closed"):
        from streamlit.runtime.scriptrunner import get_script_run_ctx

        context = get_script_run_ctx()
        if context is not None:
            context.uploaded_file_mgr.remove_session_files(context.session_id)
        brought = True
    with done_without("Delete leaves files that were taken away at their addresses until the page is closed"):
        from streamlit import runtime
        from streamlit.runtime.scriptrunner import get_script_run_ctx

        context = get_script_run_ctx()
        if context is not None and runtime.exists():
            media = runtime.get_instance().media_file_mgr
            media.clear_session_refs(context.session_id)
            media.remove_orphaned_files()
        given = True
    return brought and given
