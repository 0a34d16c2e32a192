"""From a scan to the images that a model sees, with a record of how they came about."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer.cards import Card
from explorer.datasets.brain.anatomy import SIZE
from explorer.scans.placing.brain_mask import BrainMask, find_brain
from explorer.scans.placing.intensity import CT_WINDOWS, brain_gain, windowed
from explorer.scans.placing.placement import Placement, place_picture, place_volume
from explorer.scans.reading.files import label, refusal
from explorer.scans.reading.scan import Scan


@dataclass(frozen=True, eq=False)
class Prepared:
    """A scan on a model's grid.

    Attributes:
        images: exactly what the network sees, (N, 1, H, W), float32 in [0, 1].
        foregrounds: the pixels that count: the brain, or all of a picture, (N, 1, H, W), bool.
        placement: where the pixels lie in the scan.
        brain_origin: `file`, `nonzero` or `estimated`; `none` for a picture.
        gain: factor on the scan's intensities (after the window).
        window: of a CT, or empty.
        notes: sentences on all that was assumed or estimated.
    """

    images: Tensor
    foregrounds: Tensor
    placement: Placement
    brain_origin: str
    gain: float
    window: str
    notes: tuple[str, ...]

    @property
    def slices(self) -> tuple[int, ...]:
        """The images that hold foreground, the only ones worth scoring."""
        return tuple(torch.nonzero(self.foregrounds.flatten(1).any(1)).flatten().tolist())

    def mask_to_model(self, mask: NDArray[np.bool_]) -> Tensor:
        """A mask on the scan's grid, on the model's, (N, 1, H, W), bool."""
        return torch.from_numpy(self.placement.mask_to_model(mask)).unsqueeze(1)


def prepare_scan(
    scan: Scan, card: Card, brain: NDArray[np.bool_] | None = None, window: str = ""
) -> Prepared:
    """Bring a scan before a model: a volume as `prepare_volume` does, a picture as `prepare_picture`.

    Args:
        scan: a volume or a picture.
        card: of the model.
        brain: of a volume, or None.
        window: of a CT, or empty.

    Raises:
        ValueError: where the model is not for such scans, and as those functions.
    """
    size = int(card.model["image_size"])
    if scan.affine is None:
        return prepare_picture(scan, size)
    if card.dataset != "brain" or size != SIZE:
        raise ValueError(
            f"{label(scan.name)} is a volume; model {card.name!r} is not for brains at {SIZE} pixels; "
            "choose another model"
        )
    return prepare_volume(scan, brain, window)


def prepare_volume(scan: Scan, brain: NDArray[np.bool_] | None = None, window: str = "") -> Prepared:
    """Place a volume on the grid of the brain models and scale its intensities.

    Args:
        scan: a volume.
        brain: where the brain is, shape of the scan; None: it is estimated, and `notes` says so.
        window: a key of `CT_WINDOWS` for a CT; empty for MR, whose brain's median is brought to 0.45.

    Raises:
        ValueError: where the scan is a picture, no brain is found or none lies in the field of view.
    """
    if scan.affine is None or scan.spacing is None:
        raise refusal(scan.name, "is a single picture", "bring a volume, or score it as a picture")
    data = windowed(scan.data, window) if window else scan.data
    found = (
        find_brain(scan.name, data, scan.spacing, ct=bool(window))
        if brain is None
        else BrainMask(brain, "file", "Brain: as in the mask file.")
    )
    placement, placed = place_volume(scan.affine, scan.data.shape, found.mask)
    gain = 1.0 if window else brain_gain(scan.name, data, found.mask)
    images = placement.to_model(data)
    np.multiply(images, np.float32(gain), out=images)
    np.clip(images, 0, 1, out=images)
    foregrounds = placement.mask_to_model(found.mask)
    if not foregrounds.any():
        raise refusal(
            scan.name, "has no brain in the model's field of view", "check its affine and the brain mask"
        )
    scaled = f"Intensities: times {gain:.4g}, so that the median of the brain is 0.45; clipped to [0, 1]."
    if window:
        centre, width = CT_WINDOWS[window]
        scaled = (
            f"Intensities: CT window {window}, centre {centre:g}, width {width:g} HU; the models were "
            "trained on MR."
        )
    return Prepared(
        torch.from_numpy(images).unsqueeze(1),
        torch.from_numpy(foregrounds).unsqueeze(1),
        placement,
        found.origin,
        gain,
        window,
        (*scan.notes, found.note, *placed, scaled),
    )


def prepare_picture(scan: Scan, image_size: int) -> Prepared:
    """Fit a picture into a model's image; its range of intensities becomes [0, 1].

    Args:
        scan: a picture.
        image_size: of the model, pixels.

    Raises:
        ValueError: where the scan is a volume.
    """
    if scan.affine is not None:
        raise refusal(scan.name, "is a volume", "score it with a model of the brain")
    placement = place_picture(scan.data.shape, image_size)
    low, high = float(scan.data.min()), float(scan.data.max())
    gain = 1 / (high - low)
    images = placement.to_model((scan.data - np.float32(low)) * np.float32(gain))
    inside = placement.mask_to_model(np.ones(scan.data.shape, dtype=bool))
    note = f"Intensities: from {low:g} to {high:g}, scaled to [0, 1]."
    return Prepared(
        torch.from_numpy(np.clip(images, 0, 1)).unsqueeze(1),
        torch.from_numpy(inside).unsqueeze(1),
        placement,
        "none",
        gain,
        "",
        (*scan.notes, note),
    )
