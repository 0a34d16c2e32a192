"""The brain is all that is not zero, in a scan whose background and skull were set to zero."""

from __future__ import annotations

from explorer.scans.placing.brain.base import BRAINS, Brain, Head, Way


@BRAINS.register("nonzero")
class NonZero(Way):
    """Exact where the brain was extracted before; holes in it, which are zero too, belong to it."""

    title = "what is not zero"
    help = "For brains already extracted: all that is not zero in the file."
    order = 30

    def find(self, head: Head) -> Brain:
        return self.brain(head, head.nonzero, "Brain: all that is not zero in the file.")
