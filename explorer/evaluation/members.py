"""Which images a cohort and a calibration are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from explorer.anomalies import Anomaly, DoesNotFit, plant
from explorer.contracts import Case, Dataset, stack


@dataclass(frozen=True, eq=False)
class Member:
    """One image of a cohort; shapes as in `Case`.

    Attributes:
        image: (H, W), float32 in [0, 1].
        mask: what is anomalous, (H, W), bool.
        foreground: what counts, (H, W), bool.
        anomalous: whether the image as a whole counts as anomalous.
    """

    image: Tensor
    mask: Tensor
    foreground: Tensor
    anomalous: bool


def anomalous_members(
    dataset: Dataset, anomaly: Anomaly, places: Sequence[tuple[int, ...]], seed: int
) -> list[Member]:
    """Some slices of the test split with the anomaly; left out are those that it does not fit or change."""
    cases = (_case(dataset, place, anomaly, seed) for place in places)
    return [Member(c.image, c.mask, c.source.counted, True) for c in cases if c and bool(c.mask.any())]


def _case(dataset: Dataset, place: tuple[int, ...], anomaly: Anomaly, seed: int) -> Case | None:
    try:
        return plant(dataset, "test", place, anomaly, seed)
    except DoesNotFit:
        return None


def untouched_members(
    dataset: Dataset, places: Sequence[tuple[int, ...]], *, anomalous: bool
) -> list[Member]:
    """Some slices of the test split as they are: healthy ones, or those of a held-out class.

    A slice with a mask of its own counts as anomalous in any case.
    """
    slices = (dataset.slice("test", *place) for place in places)
    return [Member(s.image, s.known_mask, s.counted, anomalous or bool(s.known_mask.any())) for s in slices]


def calibration_slices(dataset: Dataset, count: int) -> tuple[Tensor, Tensor]:
    """Images and foregrounds, (N, 1, H, W) each, of `count` slices of the calibration split."""
    slices = [dataset.slice("calibration", *place) for place in dataset.cohort("calibration", count, 0)]
    return stack([s.image for s in slices]), stack([s.foreground for s in slices])
