"""The steps of a page: a path that is walked back and forth."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from explorer.ui.controls.steps import MOST, Steps


def address(number: int) -> dict[str, list[str]]:
    return {"number": [str(number)], "none": [""], "text": ["a&b=c d"]}


@given(st.lists(st.integers(0, 9) | st.sampled_from(["undo", "redo"]), max_size=60))
def test_they_go_back_and_forth_like_an_editor(moves: list[int | str]) -> None:
    steps = Steps()
    steps.arrive(address(0), asked=True)
    path, place = [0], 0
    for move in moves:
        if isinstance(move, int):
            steps.arrive(address(move), asked=False)
            if move != path[place]:
                path = [*path[: place + 1], move]
                place += 1
        else:
            found = steps.undo() if move == "undo" else steps.redo()
            onward = place + (1 if move == "redo" else -1)
            assert (found is not None) == (0 <= onward < len(path))
            place = onward if found is not None else place
            assert found is None or found == address(path[place])


def test_only_the_newest_are_kept() -> None:
    steps = Steps()
    for number in range(MOST + 10):
        steps.arrive(address(number), asked=False)
    found = [steps.undo() for _ in range(MOST + 1)]
    assert found[MOST - 1] == address(9) and found[MOST] is None
