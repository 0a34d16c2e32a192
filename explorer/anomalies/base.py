"""What all anomalies share: settings, the draw of parameters, and how a change is planted and marked."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor

from explorer.anomalies.params import HARMONICS, SHAPES, SIZES, STRENGTHS, Params, Shape, Sign
from explorer.anomalies.shape.painted import around, decode
from explorer.anomalies.shape.region import Region, region_of
from explorer.contracts import Case, Slice
from explorer.settings import check_settings, setting

CHANGE_THRESHOLD = 0.02
"""A pixel belongs to the mask when its intensity, in [0, 1], changed by more than this, five grey levels of
256. Less is hard to see and drowns in the noise of healthy images: nobody errs who misses the faint fringe of
a smooth lesion."""

ROUGHNESS = 0.3
"""Standard deviation of an outline's amplitudes times their order: the higher, the more ragged."""


def strength_setting(default: float, help: str) -> Any:
    """Declare a family's own default and meaning of `strength`."""
    low, high = STRENGTHS
    return setting(default, help, minimum=low, maximum=high)


def size_setting(default: float) -> Any:
    """Declare a family's own default `size`."""
    low, high = SIZES
    return setting(default, "diameter as a fraction of the image's width", minimum=low, maximum=high)


def shape_setting(default: Shape) -> Any:
    """Declare a family's own default `shape`."""
    return setting(default, "form of the region", choices=SHAPES)


class DoesNotFit(ValueError):
    """This slice cannot hold the anomaly that was asked for; others may."""


@dataclass(frozen=True)
class Anomaly(ABC):
    """A family of anomalies with its settings.

    `draw` decides everything that is random, `apply` is pure: the same slice and parameters give the same
    case. Draws do not depend on the settings, so a change of strength or size keeps outline and place. Slices
    live on the CPU, and so does this work.

    Attributes:
        summary: one line for the page on what is planted.
        formula: what an image x becomes within the region.
        plants: whether the family changes images at all.
        placeable: whether a person can say where it lies and what its outline is.
        needs_atlas: whether `apply` wants to know where the slice lies in the atlas.
        needs_donor: whether `apply` wants a second slice.
        least_weight: what a pixel of the mask takes part by at least; 0 where a visible change is enough.
        softness: width of the region's edge as a fraction of its radius; never below 1 pixel.
        painted: a shape painted by hand, as text (see `shape.painted`), in place of `shape`, `size`, `x` and
            `y`; empty for none. The same one is planted into every slice.
    """

    summary: ClassVar[str]
    formula: ClassVar[str]
    plants: ClassVar[bool] = True
    placeable: ClassVar[bool] = True
    needs_atlas: ClassVar[bool] = False
    needs_donor: ClassVar[bool] = False
    least_weight: ClassVar[float] = 0.0
    softness: ClassVar[float] = 0.0

    strength: float = strength_setting(0.3, "how strong the change is")
    size: float = size_setting(0.15)
    x: float | None = setting(
        None, "centre, from left (0) to right (1); none: drawn", minimum=0.0, maximum=1.0
    )
    y: float | None = setting(
        None, "centre, from top (0) to bottom (1); none: drawn", minimum=0.0, maximum=1.0
    )
    shape: Shape = shape_setting("disc")
    painted: str = setting("", "a shape painted in the viewer, as text", control=False)

    def __post_init__(self) -> None:
        check_settings(self)
        decode(self.painted)
        if (self.x is None) != (self.y is None):
            raise ValueError(
                f"x and y must be given together, got x={self.x}, y={self.y}; give both or neither"
            )

    @property
    def licence(self) -> str:
        """What must go along with images in which it is: licence, origin and citation; empty for none."""
        return ""

    def draw(self, generator: torch.Generator) -> Params:
        """Draw the parameters of one anomaly."""
        place, direction, coin, choice = torch.rand(4, generator=generator, dtype=torch.float64).tolist()
        orders = torch.tensor(HARMONICS + HARMONICS, dtype=torch.float64)
        outline = ROUGHNESS * torch.randn(len(orders), generator=generator, dtype=torch.float64) / orders
        seed = int(torch.randint(2**31, (), generator=generator))
        position = None if self.x is None or self.y is None else (float(self.x), float(self.y))
        size = float(self.size)
        if self.painted:
            position, side = around(self.painted)
            size = min(max(side, SIZES[0]), SIZES[1])
        return Params(
            strength=float(self.strength),
            size=size,
            position=position,
            place=place,
            shape=self.shape,
            outline=tuple(outline.tolist()),
            direction=2 * math.pi * direction,
            seed=seed,
            sign=self.sign_of(1 if coin < 0.5 else -1),
            choice=choice,
            painted=self.painted,
        )

    def sign_of(self, drawn: Sign) -> Sign:
        """The sign to plant where `drawn` came up; families with a setting for it answer with theirs."""
        return drawn

    def apply(self, slice: Slice, params: Params, donor: Slice | None = None) -> Case:
        """Plant the anomaly that the parameters describe.

        Args:
            slice: the healthy slice; left as it is.
            params: from `draw`; they, not the settings, say what is planted.
            donor: another slice of the same size, for families that need one.

        Returns:
            The case; its mask holds the pixels that changed by more than `CHANGE_THRESHOLD` and take part by
            at least `least_weight`, and those of the slice's own mask.

        Raises:
            DoesNotFit: where the slice has no room for what was asked for.
            ValueError: where the foreground is empty, a needed donor is missing or of another size, or a
                needed place in the atlas is not known.
        """
        if params.strength == 0:
            return Case(slice.image.clone(), slice.known_mask, slice)
        if not slice.foreground.any():
            raise ValueError(f"{slice.name} has no foreground to hold an anomaly; choose another slice")
        if self.needs_atlas and slice.atlas is None:
            raise ValueError(
                f"this anomaly is planted by its place in the brain, which is not known of {slice.name}; "
                "choose another anomaly or a dataset of brains"
            )
        region = self.region(slice, params)
        image = slice.image
        if region.weight.any():
            altered = self.alter(slice, region, params, donor)
            blended = torch.lerp(slice.image, altered, region.weight).clamp(0, 1)
            image = torch.where(region.weight > 0, blended, slice.image)
        changed = (image - slice.image).abs() > CHANGE_THRESHOLD
        changed &= region.weight >= self.least_weight
        return Case(image, changed | slice.known_mask, slice, region.name)

    def region(self, slice: Slice, params: Params) -> Region:
        """Where it lies; unless told otherwise, what was drawn or painted."""
        return region_of(slice.foreground, params, self.softness)

    @abstractmethod
    def alter(self, slice: Slice, region: Region, params: Params, donor: Slice | None) -> Tensor:
        """The image (H, W) if the anomaly were everywhere; `apply` blends it in by the region's weight."""
