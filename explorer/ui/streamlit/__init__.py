"""All that leans on what Streamlit does not document: a file a piece, which says what breaks without it.

Where a piece has changed, the page does without it as a plain Streamlit page would, and the log says so once;
the tests of this room, which ask the real Streamlit, fail. Outside this room nothing names such a piece.
"""
