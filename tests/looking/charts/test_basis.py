"""What stands behind a cohort's chart: slices, and subjects only where there are any."""

from __future__ import annotations

import pytest

from explorer.contracts import Axis
from explorer.datasets import load_dataset
from explorer.looking.charts.basis import cohort_basis


class Two:
    """A dataset whose cohorts take turns between two subjects."""

    def axes(self, split: str) -> tuple[Axis, ...]:
        return Axis("slice", "", 9), Axis("subject", "", 2)

    def cohort(self, split: str, count: int, seed: int) -> list[tuple[int, int]]:
        return [(i, (i + seed) % 2) for i in range(count)]


@pytest.mark.parametrize(
    ("done", "said"),
    [(1, "1 slice of 1 subject"), (2, "2 slices of 2 subjects"), (8, "8 slices of 2 subjects")],
)
def test_subjects_are_those_of_the_slices_scored_so_far(done: int, said: str) -> None:
    assert cohort_basis(Two(), 8, 1, done) == said  # type: ignore[arg-type]


def test_what_is_anomalous_by_itself_is_counted_where_nothing_is_planted() -> None:
    dataset = load_dataset("real/flair")
    assert cohort_basis(dataset, 16, 0, 16, plants=False) == "16 slices of 3 subjects"
    assert cohort_basis(dataset, 64, 0, 64) == "64 slices of 4 subjects"


def test_clothes_have_no_subjects() -> None:
    assert cohort_basis(load_dataset("fashion-mnist"), 16, 0, 16) == "16 slices"
