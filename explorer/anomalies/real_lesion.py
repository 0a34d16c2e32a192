"""A real lesion's shape, in its place in the brain, as bright or dark as lesions are in the sequence.

One of 1,604 masks of strokes and of multiple sclerosis in MNI space (see `shape.lesions`), taken through the
atlas into the subject's anatomy. It changes tissue, not the fluid between, and has a texture of its own.

How strong real ones are, where the brain's median is 0.45: of one patient with strokes (VolumeRenderingData)
the median of the largest, 12 ml, was 0.25 above that of the tissue around it in FLAIR, 0.32 above in T2 and
0.05 below in T1; of a smaller one, 0.5 ml, it was 0.36 and 0.48 above and 0.21 below (measured by
`tests/anomalies/test_real_strengths.py`).

Not imitated: the cavity that an old stroke leaves, swelling, and what lies around a lesion.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

import torch
from torch import Tensor

from explorer.anomalies import ANOMALIES
from explorer.anomalies.base import Anomaly, DoesNotFit, strength_setting
from explorer.anomalies.params import Params, Shape, Sign
from explorer.anomalies.shape.lesions import ANY, CAUSES, FILE, VOLUMES, LesionShape, lesion_shapes
from explorer.anomalies.shape.region import Region, region_of_weight
from explorer.anomalies.shape.smoothing import smooth
from explorer.contracts import Slice
from explorer.datasets.brain.contrast import typical_intensities
from explorer.datasets.brain.variation import CONTRASTS
from explorer.randomness import stream
from explorer.settings import setting

DARK = ("t1",)
"""Sequences in which lesions are darker than tissue."""

FEWEST = 4
"""Pixels in the mask at full strength; a lesion with fewer of them in the slice is not planted."""

SECTION = 0.25
"""The slice shows at least this share of the lesion's largest axial section: not the tip of a large one."""

EDGE, GRAIN = 0.4, 1.2
"""Sigma that softens the edge further than the resampling does, and sigma of the texture, pixels."""

ROUGHNESS = 0.2
"""Standard deviation of the texture as a share of the strength."""

TISSUE_BEGINS, TISSUE_ENDS = 0.25, 0.55
"""On the way from the intensity of fluid to that of the nearest tissue: a pixel takes part from the one on,
and in full from the other."""


@ANOMALIES.register("real-lesion")
@dataclass(frozen=True)
class RealLesion(Anomaly):
    """Adds `sign * strength * (1 + texture)` where the lesion and tissue are."""

    summary: ClassVar[str] = (
        "the shape of a real stroke or multiple sclerosis lesion, in its place in the brain"
    )
    formula: ClassVar[str] = "x ± strength (1 + texture) where lesion and tissue are"

    needs_atlas: ClassVar[bool] = True
    placeable: ClassVar[bool] = False
    least_weight: ClassVar[float] = 0.5
    """As raters draw outlines, so that the mask has the lesion's volume. With all that changes visibly it
    would be nearly twice as large for multiple sclerosis, and half of it could hardly be found."""

    strength: float = strength_setting(0.2, "contrast against the tissue around it; real ones: 0.05 to 0.5")
    cause: Literal["any", "acute-stroke", "chronic-stroke", "multiple-sclerosis"] = setting(
        "any", "what the lesion comes from", choices=CAUSES
    )
    volume: Literal["any", "0.3", "1", "3", "10", "30", "100", "300"] = setting(
        "any", "of the whole lesion, ml; each counts to the nearest of these", choices=VOLUMES
    )
    sign: Literal["usual", "brighter", "darker"] = setting(
        "usual", "usual: brighter in FLAIR and T2, darker in T1", choices=("usual", "brighter", "darker")
    )

    # Declared again without a description, so that no control is offered for them.
    size: float = 0.15
    x: float | None = None
    y: float | None = None
    shape: Shape = "disc"
    painted: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("size", "x", "y", "shape", "painted"):
            if getattr(self, name) != getattr(RealLesion, name):
                raise ValueError(
                    f"{name} is given by the real lesion, got {getattr(self, name)!r}; "
                    "leave it out, and choose by cause and volume"
                )
        if self.volume != ANY and not (shapes := lesion_shapes()).of(self.cause, self.volume).any():
            known = ", ".join(shapes.volumes_among(shapes.of(self.cause)))
            raise ValueError(f"volume must be one of {known} for cause {self.cause}, got {self.volume}")

    @property
    def licence(self) -> str:
        return FILE.with_suffix(".txt").read_text(encoding="utf-8")

    def draw(self, generator: torch.Generator) -> Params:
        return replace(
            super().draw(generator),
            cause=self.cause,
            volume=self.volume,
            by_contrast=self.sign == "usual",
        )

    def sign_of(self, drawn: Sign) -> Sign:
        return -1 if self.sign == "darker" else 1

    def region(self, slice: Slice, params: Params) -> Region:
        """Of the lesions that were asked for and that the slice shows, the one that was drawn."""
        assert slice.atlas is not None
        part = tissue(slice) * slice.foreground
        area = pixel_area(slice.atlas)
        for lesion in self._drawn(slice, params):
            weight = smooth(lesion.at(slice.atlas), EDGE) * part
            shown = area * float(weight.sum()) >= SECTION * lesion.largest_section
            if shown and int((weight >= self.least_weight).sum()) >= FEWEST:
                return region_of_weight(weight, str(lesion))
        raise DoesNotFit(_what_is_there(slice, params))

    def _drawn(self, slice: Slice, params: Params) -> Iterator[LesionShape]:
        """The lesions that were asked for at the slice's heights, beginning with the one that was drawn."""
        shapes = lesion_shapes()
        wanted = shapes.of(params.cause, params.volume) & shapes.between(*heights(slice))
        left = wanted.nonzero()[0].tolist()
        while left:
            yield shapes[left.pop(int(params.choice * len(left)))]

    def alter(self, slice: Slice, region: Region, params: Params, donor: Slice | None) -> Tensor:
        field = smooth(torch.randn(slice.image.shape, generator=stream(params.seed, "real-lesion")), GRAIN)
        texture = (field / field.std()).clamp(-2, 2)
        sign = sign_in(slice) if params.by_contrast else params.sign
        return slice.image + sign * params.strength * (1 + ROUGHNESS * texture)


def sign_in(slice: Slice) -> Sign:
    """Whether lesions are brighter or darker than tissue; ValueError where the sequence is not known."""
    if slice.contrast not in CONTRASTS:
        raise ValueError(
            f"sign must be brighter or darker where the sequence is not known, as of {slice.name}; choose one"
        )
    return -1 if slice.contrast in DARK else 1


def tissue(slice: Slice) -> Tensor:
    """How far each pixel is tissue and not fluid, (H, W), in [0, 1]; 1 where the sequence is not known."""
    if slice.contrast not in CONTRASTS:
        return torch.ones_like(slice.image)
    *tissues, fluid = typical_intensities(slice.contrast)
    nearest = min(tissues, key=lambda intensity: abs(intensity - fluid))
    along = (slice.image - fluid) / (nearest - fluid)
    share = ((along - TISSUE_BEGINS) / (TISSUE_ENDS - TISSUE_BEGINS)).clamp(0, 1)
    return share.square() * (3 - 2 * share)


def pixel_area(atlas: Tensor) -> float:
    """Mean area of a pixel in the atlas, mm^2, for `atlas`, (3, H, W), mm."""
    rows, columns = atlas.shape[1:]
    down = (atlas[:, -1] - atlas[:, 0]).mean(1) / (rows - 1)
    right = (atlas[:, :, -1] - atlas[:, :, 0]).mean(1) / (columns - 1)
    return float(torch.linalg.cross(down, right).norm())


def heights(slice: Slice) -> tuple[float, float]:
    """Lowest and highest MNI z of the foreground, mm."""
    assert slice.atlas is not None
    z = slice.atlas[2][slice.foreground]
    return float(z.min()), float(z.max())


def _what_is_there(slice: Slice, params: Params) -> str:
    shapes = lesion_shapes()
    near = shapes.between(*heights(slice)) & shapes.of(params.cause)
    others = [mark for mark in shapes.volumes_among(near) if mark != params.volume]
    return (
        f"no lesion of cause {params.cause} and volume {params.volume} is to be seen in {slice.name}; "
        f"other volumes of this cause at its height: {', '.join(others) or 'none'}; "
        "choose another volume, cause or slice"
    )
