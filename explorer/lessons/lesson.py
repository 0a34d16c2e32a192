"""Lessons: a goal, and steps that each show a state of the page and say something that is true of it.

A lesson is a file of TOML in `course/`:

    title = "..."            goal = "..."            minutes = 5
    [start]                  # the state of all steps, but for what they say themselves
    [[steps]]
    text = "..."             # at most 60 words; {kl}, {ap:kl-gradient}, {small.kl} are computed
    control = "beta"         # the control that it points at
    state = { beta = 1.0 }
    compare.small = { beta = 0.01 }     # further states, whose figures have this name before a dot
    claims = ["kl < 0.1 small.kl"]      # what the text says, checked by the tests
    [steps.question]
    text = "..."             answer = "..."          # shown when one has answered, figures filled in
    [[steps.question.choices]]
    text = "..."             when = "kl < small.kl"  # it is right where this holds
    [open]                   # an open question to end with, and where to explore it
    text = "..."             state = { ... }
"""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from explorer.lessons.claims import Claim
from explorer.lessons.figures import Figures
from explorer.lessons.shown import Shown, check_length
from explorer.settings import check_keys, from_table

COURSE = Path(__file__).with_name("course")
KEYS = ("title", "goal", "minutes", "start", "steps", "open")
MOST_WORDS = 60
LENGTHS = (4, 6)
FEWEST_CHOICES = 2
CONTROLS = (
    *("dataset", "place", "anomaly", "strength", "size", "seed", "model", "beta", "kl-weight"),
    *("maps", "threshold", "cohort", "curves", "viewer", "watch"),
)
"""What a step may point at."""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """An answer that one may choose, and the claim that makes it right."""

    text: str
    when: str

    def __post_init__(self) -> None:
        Claim(self.when)


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question, its choices, and the sentence that answers it."""

    text: str
    answer: str
    choices: Sequence[Choice]

    def __post_init__(self) -> None:
        if len(self.choices) < FEWEST_CHOICES:
            raise ValueError(f"a question needs at least {FEWEST_CHOICES} choices, got {len(self.choices)}")

    def right(self, figures: Figures) -> int:
        """Which choice is right; ValueError unless it is exactly one."""
        true = [k for k, choice in enumerate(self.choices) if Claim(choice.when).holds(figures)]
        if len(true) != 1:
            raise ValueError(f"{len(true)} of the choices are right, not one: {self.text}")
        return true[0]


@dataclass(frozen=True, kw_only=True)
class Step(Shown):
    """What one sees and reads at once: at most 60 words, with the lesson's start below its own state.

    Attributes:
        control: what it points at, or empty.
        question: or None.
    """

    control: str = ""
    question: Question | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        check_length("text", self.text, MOST_WORDS)
        if self.control not in ("", *CONTROLS):
            raise ValueError(f"control must be one of {', '.join(CONTROLS)}, got {self.control!r}")


@dataclass(frozen=True, kw_only=True)
class Open(Shown):
    """The question that a lesson leaves one with, and the state to explore it in."""


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """One lesson; see the module.

    Attributes:
        name: of its file, as the address has it.
        title, goal: what it is called, and what one can say afterwards.
        minutes: that it takes.
        steps: in order.
        open: the question at its end.
    """

    name: str
    title: str
    goal: str
    minutes: int
    steps: Sequence[Step]
    open: Open

    def __post_init__(self) -> None:
        low, high = LENGTHS
        if not low <= len(self.steps) <= high:
            raise ValueError(f"a lesson must have {low} to {high} steps, got {len(self.steps)}")
        if all(step.question is None for step in self.steps):
            raise ValueError("a lesson must ask something; give a step a question")

    @property
    def shown(self) -> Sequence[Shown]:
        """Its steps, and the open question at its end."""
        return [*self.steps, self.open]


def lesson_called(name: str) -> Lesson:
    """The lesson of this name; ValueError where there is none."""
    found = next((lesson for lesson in lessons() if lesson.name == name), None)
    if found is None:
        raise ValueError(f"unknown lesson {name!r}; known: {', '.join(one.name for one in lessons())}")
    return found


@lru_cache(maxsize=1)
def lessons() -> tuple[Lesson, ...]:
    """All lessons in their order; ValueError names the file and what is wrong with it."""
    return tuple(read_lesson(path) for path in sorted(COURSE.glob("*.toml")))


def read_lesson(path: Path) -> Lesson:
    """A lesson from its file; ValueError names the file and what is wrong with it."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        check_keys(table, KEYS, [key for key in KEYS if key != "start"])
        start, end = table.get("start", {}), table["open"]
        return Lesson(
            name=path.stem.partition("-")[2],
            title=table["title"],
            goal=table["goal"],
            minutes=table["minutes"],
            steps=[_step(one, start, number) for number, one in enumerate(table["steps"], 1)],
            open=from_table(Open, {**end, "state": {**start, **end.get("state", {})}}),
        )
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValueError) as error:
        raise ValueError(f"lesson {path.name}: {error}") from error


def _step(table: Mapping[str, Any], start: Mapping[str, Any], number: int) -> Step:
    """A step with the lesson's start below its own state; ValueError says which step is wrong."""
    try:
        said = {**table, "state": {**start, **table.get("state", {})}}
        asked = said.pop("question", None)
        step = from_table(Step, said)
        return step if asked is None else dataclasses.replace(step, question=_question(asked))
    except ValueError as error:
        raise ValueError(f"step {number}: {error}") from None


def _question(table: Mapping[str, Any]) -> Question:
    check_keys(table, ("text", "answer", "choices"), ("text", "answer", "choices"))
    choices = [from_table(Choice, one) for one in table["choices"]]
    return Question(text=table["text"], answer=table["answer"], choices=choices)
