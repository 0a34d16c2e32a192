"""Where the brain is in a scan: a file a way of finding it."""

from explorer.scans.placing.brain.base import AUTO, BRAINS, GIVEN, Brain, Head, Way, listed

__all__ = ["AUTO", "BRAINS", "GIVEN", "Brain", "Head", "Way", "listed"]
