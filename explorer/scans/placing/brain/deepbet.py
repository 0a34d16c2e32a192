"""Brain extraction by a network for MR of any contrast.

Fisch et al., deepbet: Fast brain extraction of T1-weighted MRI using convolutional neural networks, Computers
in Biology and Medicine 2024; code and weights (MIT) come with the package `deepbet`. Two U-Nets: one finds
the box that holds the brain in the whole volume at 128^3, the other the brain in that box at 256^3.

Differs from the package: the volume is an array in memory, thinned to voxels of about 1 mm before, so that
memory does not grow with it; a volume without a brain is told as such, soon; what a zeroed background cuts
off is no brain, while the network would go on into it.
"""

from __future__ import annotations

import threading
from contextlib import nullcontext
from functools import lru_cache
from typing import Any

import nibabel
import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from explorer.scans.placing.brain.base import BRAINS, LEAST_ML, MOST_ML, Brain, Head, Way, filled

FINE_MM, MOST = 1.0, 320
"""Distance of the voxels that are looked at, mm, and how many there are at most along an axis."""

COARSE, FINE = (128, 128, 128), (256, 256, 256)
MARGIN = 0.1
"""Of the box, in shares of its size."""

_TURN = threading.Lock()
"""One extraction at a time: it takes about 1 GB."""


@BRAINS.register("deepbet")
class Deepbet(Way):
    """The network's answer, and where the background is zero, not beyond it."""

    title = "deepbet"
    help = "A network that finds the brain in MR of any contrast, with skull or without; some seconds."
    order = 20

    def find(self, head: Head) -> Brain:
        data, steps = head.thinned(FINE_MM, MOST)
        turn = nibabel.orientations.io_orientation(head.affine)  # type: ignore[no-untyped-call]
        upright = nibabel.orientations.apply_orientation(data, turn)  # type: ignore[no-untyped-call]
        with _TURN, head.turn or nullcontext():
            mask = extract(np.ascontiguousarray(upright), head.device, field_ml=head.field_ml)
        back = nibabel.orientations.ornt_transform([[0, 1], [1, 1], [2, 1]], turn)  # type: ignore[no-untyped-call]
        mask = head.whole(nibabel.orientations.apply_orientation(mask, back), steps)  # type: ignore[no-untyped-call]
        if head.on_zeros:
            mask &= head.nonzero
        return self.brain(head, mask, "Brain: found by the network deepbet.")


def extract(data: NDArray[np.float32], device: torch.device, *, field_ml: float) -> NDArray[np.bool_]:
    """The brain in a volume, as the package's `BrainExtraction.run_model` and `postprocess` find it.

    Args:
        data: intensities along the person's axes (RAS), (I, J, K), float32, finite.
        device: where the networks run.
        field_ml: volume of the whole array.

    Returns:
        True in the brain, shape of `data`; True nowhere where there is none. Where the first network marks
        what is far too small or large for a brain, this is the answer.
    """
    from deepbet.utils import keep_largest_connected_component, normalize

    nets, found = _networks(device), np.zeros(data.shape, dtype=bool)
    volume = torch.from_numpy(data).to(device)
    small = F.interpolate(volume[None, None], COARSE, mode="nearest-exact")[0, 0]
    low, high = small.quantile(0.005), small.quantile(0.995)
    if not high - low > torch.finfo(small.dtype).tiny:  # numbers so small take long, and are no intensities
        return found
    with torch.no_grad():
        coarse = (nets.bbox_model(normalize(small, low, high)[None, None])[0, 1] > 0.5).cpu().numpy()
    if not coarse.any():
        return found
    coarse = torch.from_numpy(keep_largest_connected_component(coarse).astype(np.float32))
    if not LEAST_ML / 2 < float(coarse.mean()) * field_ml < 2 * MOST_ML:
        return F.interpolate(coarse[None, None], data.shape, mode="nearest-exact")[0, 0].numpy() > 0
    if any((coarse.mean(dims) <= 0.02).all() for dims in ((1, 2), (0, 2), (0, 1))):  # as in `get_bbox`
        return found
    box = nets.get_bbox_with_margin(coarse, volume.shape, MARGIN)
    inside = volume[box]
    if 0 in inside.shape:
        return found
    fine = F.interpolate(inside[None, None], FINE, mode="nearest-exact")[0, 0]
    with torch.no_grad():
        likely = nets.model(normalize(fine, low, high)[None, None])[:, 1:]
    part = (F.interpolate(likely, inside.shape, mode="nearest-exact")[0, 0] > 0.5).cpu().numpy()
    if part.any():
        found[box] = filled(keep_largest_connected_component(part))
    return found


@lru_cache(maxsize=1)
def _networks(device: torch.device) -> Any:
    """The package's networks on a device; imported here, as that takes a while and few runs need it."""
    from deepbet import BrainExtraction

    nets = BrainExtraction(no_gpu=True)
    nets.model, nets.bbox_model = nets.model.to(device), nets.bbox_model.to(device)
    return nets
