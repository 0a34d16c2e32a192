"""Caches: bounded, by last use, and safe for threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import torch

from explorer.datasets import load_dataset
from explorer.evaluation.cohort import CohortResult, Counts
from explorer.evaluation.histogram import ScoreHistogram
from explorer.looking.caches import Recent
from explorer.looking.server import RememberedDataset


def test_the_one_unused_for_longest_goes() -> None:
    recent: Recent[str] = Recent(2)
    recent.put("a", "A")
    recent.put("b", "B")
    assert recent.get("a") == "A"
    recent.put("c", "C")
    assert [recent.get(key) for key in "abc"] == ["A", None, "C"]


def test_what_is_kept_counts_for_what_it_weighs() -> None:
    recent: Recent[str] = Recent(5, len)
    for value in ("aa", "bb", "c"):
        recent.put(value, value)
    assert [recent.get(key) for key in ("aa", "bb", "c")] == ["aa", "bb", "c"]
    recent.put("ddd", "ddd")
    assert [recent.get(key) for key in ("aa", "bb", "c", "ddd")] == [None, None, "c", "ddd"]
    assert recent.put("too heavy", "too heavy") == "too heavy" and recent.get("too heavy") is None


def test_a_cohort_weighs_what_its_histograms_take() -> None:
    histogram = ScoreHistogram(torch.arange(7, dtype=torch.int32), torch.ones(2, 7, dtype=torch.int64))
    counts = Counts(histogram, ScoreHistogram.empty(), 0.0, 1)
    assert CohortResult(1, 1, {"a": counts, "b": counts}, {"c": counts}).bytes == 3 * 7 * (4 + 2 * 8)


def test_what_is_kept_is_not_made_again() -> None:
    recent: Recent[int] = Recent(2)
    made: list[int] = []

    def make() -> int:
        made.append(1)
        return len(made)

    assert [recent.get_or_make("key", make) for _ in range(3)] == [1, 1, 1]


def test_many_threads_never_get_anothers_value_nor_more_than_fits() -> None:
    recent: Recent[int] = Recent(8)

    def work(start: int) -> bool:
        keys = [(start + i) % 20 for i in range(2000)]
        return all(recent.get_or_make(key, lambda key=key: key * key) == key * key for key in keys)  # type: ignore[misc]

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(8)))
    assert sum(recent.get(key) is not None for key in range(20)) == 8


def test_a_remembered_dataset_is_its_source_and_keeps_slices() -> None:
    source = load_dataset("fashion-mnist")
    remembered = RememberedDataset(source, Recent(4))
    assert (remembered.name, remembered.image_size, remembered.note) == (
        source.name,
        source.image_size,
        source.note,
    )
    assert remembered.axes("test") == source.axes("test")
    place = remembered.cohort("test", 3, 0)[1]
    assert remembered.cohort("test", 3, 0) == source.cohort("test", 3, 0)
    assert remembered.held_out_cohort(3, 0) == source.held_out_cohort(3, 0)
    kept = remembered.slice("test", *place)
    assert remembered.slice("test", *place) is kept
    assert kept.image.equal(source.slice("test", *place).image)
