"""Lessons and presets as data: states of the Explore page with words, questions, and claims on figures."""
