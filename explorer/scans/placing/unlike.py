"""Whether a picture can be a slice of what a model knows: by its size, its edges, and how much of it is dark.

The limits were chosen on slices of real brains, as scanned and cut off close to the brain, and on
photographs; see `tests/benchmarks/pictures.py`.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

DARK, BLACK = 0.1, 0.05
"""Of a picture's range: what surrounds a brain is darker, nearly all of it black."""

FULLEST = 0.5
"""Share of the image that a brain fills at most."""

LONGEST = 2.0
"""A side of a picture against the other."""

MOST_SHRUNK, MOST_ENLARGED = 4.0, 4.0
"""By how much a picture may be scaled for a model whose images have a size in pixels."""

MOST_SHRUNK_BRAIN = 16.0
"""The same of a brain, whose size is in mm."""

NOTHING = "Its scores mean nothing."


def doubts_on_picture(
    picture: NDArray[np.float32], image: NDArray[np.float32], *, of_brain: bool
) -> tuple[str, ...]:
    """Sentences on why a picture is no slice of what the model knows; none where it may be one.

    Args:
        picture: as it came, in [0, 1], (rows, columns).
        image: as the model sees it, in [0, 1], (size, size).
        of_brain: whether the model is of the brain.
    """
    found = [*_on_size(picture.shape, len(image), MOST_SHRUNK_BRAIN if of_brain else MOST_SHRUNK)]
    rim = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
    bright = of_brain and float(np.median(rim)) > DARK
    if bright:
        found.append("it is not dark at its edges, as what surrounds a brain is")
    told = [f"The picture is no slice of what the model knows: {'; '.join(found)}. {NOTHING}"] * bool(found)
    filled = float((image > BLACK).mean())
    if of_brain and not bright and filled > FULLEST:
        told.append(
            f"What is not dark fills {100 * filled:.0f} % of the image, brains that the model knows less "
            "than half of it: its scores mean little. Take the skull out and leave a dark margin."
        )
    return tuple(told)


def _on_size(shape: tuple[int, ...], size: int, most: float) -> Iterator[str]:
    shown = f"{shape[1]} x {shape[0]}"
    factor = max(shape) / size
    if max(shape) > LONGEST * min(shape):
        yield f"of its {shown} pixels one side is {max(shape) / min(shape):.1f} times the other"
    if factor > most:
        yield f"{shown} pixels become {size} x {size}, so that what is finer vanishes"
    if factor < 1 / MOST_ENLARGED:
        yield f"{shown} pixels become {size} x {size}, so that there is nothing fine in it"
