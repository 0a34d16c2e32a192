"""From a scan to the images that a model sees, with a record of how they came about."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer.cards import Card
from explorer.contracts import Slice
from explorer.datasets.brain.anatomy import SIZE
from explorer.datasets.brain.intensity import KNEE, MEDIAN, compress
from explorer.scans.placing.brain import Brain
from explorer.scans.placing.brain.search import find_brain
from explorer.scans.placing.intensity import CT_WINDOWS, brain_gain, windowed
from explorer.scans.placing.placement import Placement, place_picture, place_volume
from explorer.scans.placing.unlike import doubts_on_picture
from explorer.scans.reading.files import label, refusal
from explorer.scans.reading.scan import Scan

OUTSIDE = "What lies outside the brain is 0 for the network, was not scored, and is NaN in the map."


@dataclass(frozen=True, eq=False)
class Prepared:
    """A scan on a model's grid.

    Attributes:
        images: exactly what the network sees, (N, 1, H, W), float32 in [0, 1].
        foregrounds: the pixels that count: the brain, or all of a picture, (N, 1, H, W), bool.
        placement: where the pixels lie in the scan.
        brain: the way by which the brain was found; `none` for a picture.
        gain: factor on the scan's intensities (after the window).
        window: of a CT, or empty.
        notes: sentences on all that was assumed or estimated.
        warnings: sentences on what is doubtful.
        brain_ml: volume of the brain; None for a picture.
        knee: intensity from which on they were compressed (`explorer.datasets.brain.intensity`); None: they
            were not.
    """

    images: Tensor
    foregrounds: Tensor
    placement: Placement
    brain: str
    gain: float
    window: str
    notes: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    brain_ml: float | None = None
    knee: float | None = None

    @property
    def slices(self) -> tuple[int, ...]:
        """The images that hold foreground, the only ones worth scoring."""
        return tuple(torch.nonzero(self.foregrounds.flatten(1).any(1)).flatten().tolist())

    def slice_at(self, index: int, contrast: str = "", name: str = "") -> Slice:
        """One of the images with what is known of it.

        Args:
            index: which.
            contrast: the MR sequence that the scan is said to be, or empty.
            name: of the slice.
        """
        position = index if self.placement.heights_known else None
        image, foreground = self.images[index, 0], self.foregrounds[index, 0]
        return Slice(image, foreground, name, contrast=contrast, position=position)

    def mask_to_model(self, mask: NDArray[np.bool_]) -> Tensor:
        """A mask on the scan's grid, on the model's, (N, 1, H, W), bool."""
        return torch.from_numpy(self.placement.mask_to_model(mask)).unsqueeze(1)


def prepare_scan(scan: Scan, card: Card, brain: Brain | None = None, window: str = "") -> Prepared:
    """Bring a scan before a model: a volume as `prepare_volume` does, a picture as `prepare_picture`.

    Args:
        scan: a volume or a picture.
        card: of the model.
        brain: of a volume, as `find_brain` finds it; None: it is looked for here. A picture has none.
        window: of a CT, or empty.

    Raises:
        ValueError: where the model is not for such scans, and as those functions.
    """
    size = check_model(scan, card)
    if scan.affine is None:
        return prepare_picture(scan, size, of_brain=card.dataset == "brain")
    return prepare_volume(scan, brain, window)


def check_model(scan: Scan, card: Card) -> int:
    """The size of a model's images, pixels; ValueError where it is not for such scans."""
    size = int(card.model["image_size"])
    if scan.affine is not None and (card.dataset != "brain" or size != SIZE):
        raise ValueError(
            f"{label(scan.name)} is a volume; model {card.name!r} is not for brains at {SIZE} pixels; "
            "choose another model"
        )
    return size


def prepare_volume(scan: Scan, brain: Brain | None = None, window: str = "") -> Prepared:
    """Place a volume on the grid of the brain models, scale its intensities, and set all but the brain to 0.

    Args:
        scan: a volume.
        brain: where the brain is; None: it is looked for, and `notes` says how.
        window: a key of `CT_WINDOWS` for a CT; empty for MR, whose brain's median is brought to 0.45 and
            whose highest intensities are compressed.

    Raises:
        ValueError: where the scan is a picture, no brain is found or none lies in the field of view.
    """
    found = find_brain(scan, window=window) if brain is None else brain
    if scan.affine is None:
        raise refusal(scan.name, "is a single picture", "bring a volume, or score it as a picture")
    data = windowed(scan.data, window) if window else scan.data
    placement, placed = place_volume(scan.affine, scan.data.shape, found.mask)
    gain = 1.0 if window else brain_gain(scan.name, data, found.mask)
    foregrounds = placement.mask_to_model(found.mask)
    if not foregrounds.any():
        raise refusal(
            scan.name, "has no brain in the model's field of view", "check its affine and the brain mask"
        )
    images = torch.from_numpy(placement.to_model(data)).mul_(gain)
    images = images.clamp_(0, 1) if window else compress(images)
    images[torch.from_numpy(~foregrounds)] = 0
    return Prepared(
        images.unsqueeze(1),
        torch.from_numpy(foregrounds).unsqueeze(1),
        placement,
        found.way,
        gain,
        window,
        (*scan.notes, found.note, *found.notes, *placed, _on_intensities(gain, window), OUTSIDE),
        (*scan.warnings, *found.warnings),
        found.ml,
        None if window else KNEE,
    )


def _on_intensities(gain: float, window: str) -> str:
    """How a scanner's numbers became the network's."""
    if not window:
        return (
            f"Intensities: times {gain:.4g}, so that the median of the brain is {MEDIAN:g}; what is then "
            f"above {KNEE:g} is compressed, so that nothing reaches 1."
        )
    centre, width = CT_WINDOWS[window]
    where = f"centre {centre:g}, width {width:g} HU"
    return f"Intensities: CT window {window}, {where}; the models were trained on MR."


def prepare_picture(scan: Scan, image_size: int, *, of_brain: bool = False) -> Prepared:
    """Fit a picture into a model's image; its range of intensities becomes [0, 1].

    Args:
        scan: a picture.
        image_size: of the model, pixels.
        of_brain: whether the model is of the brain.

    Raises:
        ValueError: where the scan is a volume.
    """
    if scan.affine is not None:
        raise refusal(scan.name, "is a volume", "score it with a model of the brain")
    placement = place_picture(scan.data.shape, image_size)
    low, high = float(scan.data.min()), float(scan.data.max())
    gain = 1 / (high - low)
    scaled = (scan.data - np.float32(low)) * np.float32(gain)
    images = placement.to_model(scaled)
    inside = placement.mask_to_model(np.ones(scan.data.shape, dtype=bool))
    notes = [*scan.notes, f"Intensities: from {low:g} to {high:g}, scaled to [0, 1]."]
    if of_brain:
        notes.append(
            "A picture says neither where it lies nor how large it is: it was scored as an axial slice of a "
            "brain, front on top, that fills it."
        )
    images = np.clip(images, 0, 1)
    return Prepared(
        torch.from_numpy(images).unsqueeze(1),
        torch.from_numpy(inside).unsqueeze(1),
        placement,
        "none",
        gain,
        "",
        tuple(notes),
        (*scan.warnings, *doubts_on_picture(scaled[..., 0], images[0], of_brain=of_brain)),
    )
