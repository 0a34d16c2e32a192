"""Planting from a dataset's coordinates."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
import torch

from explorer.anomalies import ANOMALIES, plant
from explorer.anomalies.planting import donor_coordinates
from explorer.contracts import Axis, Slice
from explorer.randomness import stream

SUBJECTS, SLICES = Axis("subject", "who", 4), Axis("slice", "height", 3)


class Waves:
    """Four subjects of three slices, told apart by their phase."""

    name = "waves"
    image_size = (48, 48)
    note = "made for the test"

    def __init__(self, make_slice: Callable[..., Slice]) -> None:
        self.make_slice = make_slice
        self.asked: list[tuple[int, ...]] = []

    def axes(self, split: str) -> tuple[Axis, ...]:
        return SUBJECTS, SLICES

    def slice(self, split: str, *coordinates: int) -> Slice:
        self.asked.append(coordinates)
        subject, height = coordinates
        return self.make_slice(48, subject + 0.1 * height)

    def cohort(self, split: str, count: int, seed: int) -> Sequence[tuple[int, ...]]:
        return [(0, 0)][:count]

    def held_out_cohort(self, count: int, seed: int) -> Sequence[tuple[int, ...]]:
        return []


@pytest.mark.parametrize("name", ANOMALIES.names())
def test_the_same_seed_plants_the_same_case(name: str, make_slice: Callable[..., Slice]) -> None:
    anomaly = ANOMALIES[name](strength=0.5)
    first, second = (plant(Waves(make_slice), "test", (1, 2), anomaly, seed=7) for _ in range(2))
    assert torch.equal(first.image, second.image) and torch.equal(first.mask, second.mask)
    assert first.source.name == make_slice(48, 1.2).name


def test_slices_and_seeds_have_draws_of_their_own(make_slice: Callable[..., Slice]) -> None:
    cases = [
        plant(Waves(make_slice), "test", coordinates, ANOMALIES["shift"](), seed)
        for coordinates, seed in (((1, 2), 7), ((1, 2), 8), ((2, 2), 7))
    ]
    assert len({tuple(case.mask.flatten().tolist()) for case in cases}) == 3


def test_the_donor_is_another_subject_at_the_same_height(make_slice: Callable[..., Slice]) -> None:
    dataset = Waves(make_slice)
    plant(dataset, "test", (1, 2), ANOMALIES["foreign"](), seed=0)
    plant(dataset, "test", (1, 2), ANOMALIES["lesion"](), seed=0)
    healthy, donor, _ = dataset.asked
    assert healthy == (1, 2) and donor[1] == 2 and donor[0] != 1


@pytest.mark.parametrize(
    ("axes", "own", "reachable"),
    [
        ((SUBJECTS, SLICES), (1, 2), 3),
        ((Axis("subject", "who", 1), SLICES), (0, 1), 2),
        ((Axis("class", "what", 3), Axis("index", "which", 4)), (2, 3), 11),
    ],
)
def test_every_other_slice_can_be_the_donor(
    axes: tuple[Axis, ...], own: tuple[int, ...], reachable: int
) -> None:
    drawn = {donor_coordinates(axes, own, stream(seed)) for seed in range(300)}
    assert len(drawn) == reachable and own not in drawn
    assert all(0 <= i < axis.size for donor in drawn for i, axis in zip(donor, axes, strict=True))


def test_a_single_slice_has_no_donor() -> None:
    with pytest.raises(ValueError, match="needs a second slice"):
        donor_coordinates((Axis("slice", "the one", 1),), (0,), stream(0))
