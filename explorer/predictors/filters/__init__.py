"""Filters of maps."""
