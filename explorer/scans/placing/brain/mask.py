"""The brain is where a mask that came along says."""

from __future__ import annotations

from explorer.scans.placing.brain.base import BRAINS, GIVEN, Brain, Head, Way
from explorer.scans.reading.files import refusal


@BRAINS.register(GIVEN)
class Mask(Way):
    """A mask of any size: it may be of another organ."""

    title = "your mask"
    help = "The brain mask that you bring."
    order = 10

    def find(self, head: Head) -> Brain:
        if head.given is None:
            raise refusal(head.name, "came without a brain mask", "bring one, or choose another way")
        return Brain(head.given, GIVEN, head.ml(head.given), "Brain: as in the mask file.")
