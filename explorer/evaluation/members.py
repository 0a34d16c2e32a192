"""Which images a cohort and a calibration are made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from torch import Tensor

from explorer.anomalies import Anomaly, DoesNotFit, plant
from explorer.contracts import Case, Conditions, Dataset, Slice, stack


@dataclass(frozen=True, eq=False)
class Member:
    """One image of a cohort; shapes as in `Case`.

    Attributes:
        image: (H, W), float32 in [0, 1].
        mask: what is anomalous, (H, W), bool.
        source: the slice before anything was planted: what counts, and what is known of it.
        anomalous: whether the image as a whole counts as anomalous.
    """

    image: Tensor
    mask: Tensor
    source: Slice
    anomalous: bool


@dataclass(frozen=True, eq=False)
class HealthySlices:
    """What a calibration is made of.

    Attributes:
        images: (N, 1, H, W), float32 in [0, 1].
        foregrounds: the pixels that count, (N, 1, H, W), bool.
        conditions: what is known of the images.
    """

    images: Tensor
    foregrounds: Tensor
    conditions: Conditions

    @staticmethod
    def of(slices: Sequence[Slice]) -> HealthySlices:
        """These slices as they are."""
        images, foregrounds = (stack([getattr(s, part) for s in slices]) for part in ("image", "foreground"))
        return HealthySlices(images, foregrounds, Conditions.of(slices))

    def rows(self, rows: slice) -> HealthySlices:
        """Some of them."""
        return HealthySlices(self.images[rows], self.foregrounds[rows], self.conditions.rows(rows))

    def split(self, size: int) -> Iterator[HealthySlices]:
        """All of them in batches of at most `size`."""
        return (self.rows(slice(start, start + size)) for start in range(0, len(self.images), size))


def anomalous_members(
    dataset: Dataset, anomaly: Anomaly, places: Sequence[tuple[int, ...]], seed: int
) -> list[Member]:
    """Some slices of the test split with the anomaly; left out are those that it does not fit or change."""
    cases = (_case(dataset, place, anomaly, seed) for place in places)
    return [Member(c.image, c.mask, c.source, True) for c in cases if c and bool(c.mask.any())]


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
    return [Member(s.image, s.known_mask, s, anomalous or bool(s.known_mask.any())) for s in slices]


def calibration_slices(dataset: Dataset, count: int) -> HealthySlices:
    """`count` slices of the calibration split."""
    places = dataset.cohort("calibration", count, 0)
    return HealthySlices.of([dataset.slice("calibration", *place) for place in places])
