"""What was drawn for one anomaly: everything that is needed to plant it again."""

from __future__ import annotations

import math
from dataclasses import MISSING, dataclass
from typing import Literal, get_args

from explorer.anomalies.shape.lesions import ANY, CAUSES, VOLUMES
from explorer.anomalies.shape.painted import decode
from explorer.settings import check_settings, setting

Shape = Literal["blob", "disc", "square"]
Sign = Literal[-1, 1]

SHAPES: tuple[str, ...] = get_args(Shape)
STRENGTHS = (0.0, 1.0)
SIZES = (0.03, 0.6)
HARMONICS = (2, 3, 4, 5, 6)
"""Orders of the outline's Fourier series; the first order is left out because it would move the centre."""


@dataclass(frozen=True)
class Params:
    """The parameters of one planted anomaly; the same ones give the same pixels.

    Attributes:
        position: centre as fractions (x, y) of width and height in [0, 1], or None for a drawn place.
        outline: Fourier amplitudes of a blob's outline: the cosines of `HARMONICS`, then their sines.
        painted: text of a shape that takes the place of `shape` and `outline`, or empty; see
            `explorer.anomalies.shape.painted`.

    Raises:
        ValueError: where a value could not be planted again.
    """

    position: tuple[float, float] | None
    outline: tuple[float, ...]
    strength: float = setting(
        MISSING, "how strong the change is; what that means is the family's", minimum=0, maximum=STRENGTHS[1]
    )
    size: float = setting(
        MISSING, "diameter as a fraction of the image's width", minimum=SIZES[0], maximum=SIZES[1]
    )
    place: float = setting(
        MISSING, "which foreground pixel is the centre where there is no position", minimum=0, below=1
    )
    shape: Shape = setting(MISSING, "form of the region", choices=SHAPES)
    direction: float = setting(MISSING, "orientation of what has one, radians")
    seed: int = setting(MISSING, "of the noise fields", minimum=0)
    sign: Sign = setting(MISSING, "brighter or source: 1, darker or sink: -1", choices=get_args(Sign))
    choice: float = setting(
        MISSING,
        "one more draw: the constant of `uniform`, the origin of `copy`, the real lesion",
        minimum=0,
        below=1,
    )
    painted: str = ""
    cause: str = setting(ANY, "of a real lesion", choices=CAUSES)
    volume: str = setting(ANY, "of a real lesion, ml", choices=VOLUMES)
    by_contrast: bool = setting(False, "whether the sequence decides in place of `sign`")

    def __post_init__(self) -> None:
        check_settings(self)
        if self.position is not None and not (_numbers(self.position, 2) and _inside(*self.position)):
            raise ValueError(
                f"position must lie inside the image, x and y in [0, 1], got {self.position!r}; "
                "move the anomaly back into the picture"
            )
        if not _numbers(self.outline, 2 * len(HARMONICS)):
            raise ValueError(f"outline must be {2 * len(HARMONICS)} numbers, got {self.outline!r}")
        decode(self.painted)


def _numbers(values: object, count: int) -> bool:
    """Whether these are so many finite numbers."""
    return (
        isinstance(values, tuple)
        and len(values) == count
        and all(isinstance(value, int | float) and math.isfinite(value) for value in values)
    )


def _inside(x: float, y: float) -> bool:
    return 0 <= x <= 1 and 0 <= y <= 1
