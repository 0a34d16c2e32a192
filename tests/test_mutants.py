"""The mutants of `python -m tests.benchmarks.mutation`: which changes there are, and which there are not."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.support.mutants import mutants


def changed(source: str) -> list[str]:
    """The source after each change."""
    return [one.applied(source.encode()).decode() for one in mutants("file.py", source.encode())]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a < b", {"pass", "a <= b", "a >= b"}),
        ("x = a <= b != c", {"x = a < b != c", "x = a > b != c", "x = a <= b == c"}),
        ("x = a not in b", {"x = a in b"}),
        ("x = (a + b) * c", {"x = (a - b) * c", "x = (a + b) / c"}),
        ("x = 3, 0.5, 0.0", {"x = 4, 0.5, 0.0", "x = 3, 1.0, 0.0", "x = 3, 0.5, 1.0"}),
        ("x = True", {"x = False"}),
        ("x = -a", {"x = a"}),
        ("x = a and b or c", {"x = a or b or c", "x = a and b and c"}),
        ("x = a if b else c", {"x = a if not (b) else c"}),
        ("x = [a for a in b if a]", {"x = [a for a in b if not (a)]"}),
        ("a += b", {"pass", "a -= b"}),
        ("a[b] = c", {"pass"}),
        ("x = min(a, b)", {"x = max(a, b)"}),
        ("x = a.clamp(b, c)", {"x = a.clamp(c, b)"}),
        ("x = a.clamp(min=b)", {"x = a.clamp(max=b)", "x = a.clamp()"}),
        ("x = a.sum(b, dim=c)", {"x = a.sum(b)"}),
        (
            "def f(a: int = 1):\n    raise A(a + 1)",
            {"def f(a: int = 2):\n    raise A(a + 1)", "def f(a: int = 1):\n    pass"},
        ),
    ],
)
def test_changes(source: str, expected: set[str]) -> None:
    assert set(changed(source)) == expected


@pytest.mark.parametrize(
    "source",
    [
        '"""A docstring: 1 < 2."""',
        "x: int | None",
        "def f(a: list[1]) -> tuple[int, 2]:\n    return a",
        'x = f"{1 + 2} at {a < b}"',
        "assert a < 1",
        "@dataclass(frozen=True)\nclass A:\n    title: ClassVar[str] = 'one'",
        "from a import b",
        "x = f(key=value)",
    ],
)
def test_no_changes(source: str) -> None:
    assert changed(source) == []


def test_bytes_are_counted_and_lines_shown() -> None:
    source = "# β\n\nif (\n    a < b  # <\n):\n    pass\n".encode()
    first = mutants("file.py", source)[0]
    assert (first.line, first.before(source), first.after(source)) == (4, "a < b # <", "not (a < b) # <")


def test_every_change_of_a_file_is_one() -> None:
    source = (Path(__file__).parents[1] / "explorer/evaluation/rows.py").read_bytes()
    found = mutants("rows.py", source)
    trees = {ast.dump(ast.parse(one.applied(source))) for one in found} | {ast.dump(ast.parse(source))}
    assert len(trees) == len(found) + 1 > 50
