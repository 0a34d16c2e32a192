"""From a dataset's coordinates to a case: the slice, the draw, the donor and the anomaly."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch

from explorer.anomalies.base import Anomaly
from explorer.contracts import Axis, Case, Dataset
from explorer.randomness import stream


def plant(dataset: Dataset, split: str, coordinates: Sequence[int], anomaly: Anomaly, seed: int) -> Case:
    """Plant an anomaly into the slice at these coordinates; the same arguments give the same case.

    Args:
        dataset: where the slice, and a donor if needed, come from.
        split: `train`, `calibration` or `test`.
        coordinates: of the slice, one per axis.
        anomaly: the family with its settings.
        seed: of the draw; each slice and family has its own stream of it.

    Raises:
        ValueError: where coordinates lie outside their axes, or no other slice can be the donor.
    """
    healthy = dataset.slice(split, *coordinates)
    params = anomaly.draw(stream(seed, "anomaly", type(anomaly).__name__, *coordinates))
    if not anomaly.needs_donor:
        return anomaly.apply(healthy, params)
    generator = stream(seed, "donor", *coordinates)
    donor = dataset.slice(split, *donor_coordinates(dataset.axes(split), coordinates, generator))
    return anomaly.apply(healthy, params, donor)


def donor_coordinates(
    axes: Sequence[Axis], coordinates: Sequence[int], generator: torch.Generator
) -> tuple[int, ...]:
    """Coordinates of a different slice, each of the candidates equally likely.

    An axis named `slice` keeps its position, so that both show the same height of the body, unless no other
    axis offers an alternative.
    """
    movable = [i for i, axis in enumerate(axes) if axis.size > 1 and axis.name != "slice"]
    movable = movable or [i for i, axis in enumerate(axes) if axis.size > 1]
    if not movable:
        raise ValueError("a donor needs a second slice, but this split has one only; choose another anomaly")
    count = math.prod(axes[i].size for i in movable)
    step = int(torch.randint(1, count, (), generator=generator))
    donor = list(coordinates)
    # Adding a step below the count, digit by digit with carry, reaches every other slice once.
    for i in movable:
        step, donor[i] = divmod(step + donor[i], axes[i].size)
    return tuple(donor)
