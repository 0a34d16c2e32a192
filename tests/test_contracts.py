"""What slices say of themselves, as numbers that models can be told."""

from __future__ import annotations

import torch

from explorer.contracts import CONTRASTS, UNKNOWN, Conditions, Slice, contrast_index

IMAGE, INSIDE = torch.zeros(2, 2), torch.ones(2, 2, dtype=torch.bool)


def test_conditions_are_what_slices_say() -> None:
    slices = [
        Slice(IMAGE, INSIDE, "a", contrast="t1", position=7),
        Slice(IMAGE, INSIDE, "b", contrast="flair"),
        Slice(IMAGE, INSIDE, "c", contrast="ct", position=0),
        Slice(IMAGE, INSIDE, "d"),
    ]
    found = Conditions.of(slices)
    assert found.contrast.tolist() == [CONTRASTS.index("t1"), CONTRASTS.index("flair"), UNKNOWN, UNKNOWN]
    assert found.position.tolist() == [7, UNKNOWN, 0, UNKNOWN]
    assert len(found) == 4 and found.contrast.dtype == found.position.dtype == torch.int64


def test_rows_may_repeat() -> None:
    found = Conditions(torch.tensor([0, 1, 2]), torch.tensor([5, 6, 7])).rows(torch.tensor([2, 2, 0]))
    assert (found.contrast.tolist(), found.position.tolist()) == ([2, 2, 0], [7, 7, 5])


def test_other_contrasts_are_not_known() -> None:
    assert [contrast_index(name) for name in (*CONTRASTS, "", "ct")] == [0, 1, 2, UNKNOWN, UNKNOWN]
    assert Conditions.unknown(2).contrast.tolist() == Conditions.unknown(2).position.tolist() == [UNKNOWN] * 2
