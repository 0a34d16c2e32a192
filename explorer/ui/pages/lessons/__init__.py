"""Lessons on the page: the list of them, and the panel beside the viewer."""
