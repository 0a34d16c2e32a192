"""A rough estimate by threshold and shape, for a CT and as a last resort.

The volume is cut at Otsu's threshold (Otsu, A threshold selection method from gray-level histograms, 1979);
the rest is worn off until thin bridges to the skin break, the largest part that hangs together is kept and
grown back.
"""

from __future__ import annotations

import numpy as np
from scipy import ndimage
from skimage.filters import threshold_otsu

from explorer.scans.placing.brain.base import BRAINS, Brain, Head, Way

COARSE_MM = 2.0
BRIDGE_MM = 5.0


@BRAINS.register("threshold")
class Threshold(Way):
    """The largest bright region; bone, which the window of a CT makes 1, is no brain."""

    title = "threshold and shape"
    help = "Rough, for a CT or without a network: the largest bright region once thin bridges are broken."
    order = 40

    def find(self, head: Head) -> Brain:
        note = "Brain: estimated by threshold and shape, roughly; a brain mask would be better."
        data, steps = head.thinned(COARSE_MM)
        if head.ct:
            data = np.where(data < 1, data, 0)
        mask = np.zeros(data.shape, dtype=bool)
        low, high = np.percentile(data, (1, 99))
        if low < high:
            tissue = data > threshold_otsu(np.clip(data, low, high))  # type: ignore[no-untyped-call]
            sizes = [step * size for step, size in zip(steps, head.spacing, strict=True)]
            core = ndimage.distance_transform_edt(np.pad(tissue, 1), sampling=sizes)[1:-1, 1:-1, 1:-1]
            parts, count = ndimage.label(core > BRIDGE_MM)
            if count:
                largest = parts == 1 + int(np.argmax(np.bincount(parts.ravel())[1:]))
                grown = ndimage.distance_transform_edt(~largest, sampling=sizes) <= BRIDGE_MM
                mask = ndimage.binary_fill_holes(grown & tissue | largest)
        return self.brain(head, head.whole(mask, steps), note)
