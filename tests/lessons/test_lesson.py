"""Lessons that say what cannot be shown are refused, with file, step and rule."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.lessons.lesson import Choice, Question, read_lesson
from tests.lessons.figures import given

STEP = '[[steps]]\ntext = "{text}"\n{more}\n'
QUESTION = """[steps.question]
text = "?"
answer = "!"
choices = [{ text = "yes", when = "kl > 1" }, { text = "no", when = "kl < 1" }]
"""


def written(folder: Path, *steps: str, start: str = "") -> Path:
    path = folder / "1-mine.toml"
    head = f'title = "T"\ngoal = "G"\nminutes = 5\n[start]\n{start}\n'
    path.write_text(head + "".join(steps) + '[open]\ntext = "And?"\n', encoding="utf-8")
    return path


def step(text: str = "A.", more: str = "") -> str:
    return STEP.format(text=text, more=more)


def test_a_step_begins_where_its_lesson_does_and_changes_what_it_says(tmp_path: Path) -> None:
    steps = [step(more=QUESTION), step(more="state = { beta = 10.0 }"), step(), step()]
    lesson = read_lesson(written(tmp_path, *steps, start='beta = 0.1\nmodel = "beta-vae-brain"'))
    assert [one.shown.beta for one in lesson.steps] == [0.1, 10.0, 0.1, 0.1]
    assert lesson.open.shown.beta == 0.1
    assert lesson.name == "mine"


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ([step()] * 3, "a lesson must have 4 to 6 steps, got 3"),
        ([step()] * 4, "a lesson must ask something"),
        ([step(), step("word " * 61)], "step 2: text must have at most 60 words, got 61"),
        ([step(more='control = "lever"')], "step 1: control must be one of .*, got 'lever'"),
        ([step(more='claims = ["kl is low"]')], "step 1: a claim must be like .*, got 'kl is low'"),
        ([step(more='colour = "red"')], "step 1: its keys are wrong .unknown: colour"),
        (
            [step(more=QUESTION.replace(', { text = "no", when = "kl < 1" }', ""))],
            "at least 2 choices, got 1",
        ),
    ],
)
def test_what_is_no_lesson_is_refused(tmp_path: Path, steps: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=f"lesson 1-mine.toml: .*{message}"):
        read_lesson(written(tmp_path, *steps))


def test_a_file_that_is_no_toml_is_named(tmp_path: Path) -> None:
    path = tmp_path / "1-mine.toml"
    path.write_bytes(b"\xff")
    with pytest.raises(ValueError, match=r"lesson 1-mine\.toml: "):
        read_lesson(path)


def question(*conditions: str) -> Question:
    return Question(text="?", answer="!", choices=[Choice(text=one, when=one) for one in conditions])


def test_the_right_choice_is_the_one_whose_claim_is_true() -> None:
    assert question("kl > 10", "kl < 10").right(given(kl=3.0)) == 1


@pytest.mark.parametrize(("conditions", "count"), [(("kl < 10", "kl < 20"), 2), (("kl > 10", "kl > 20"), 0)])
def test_a_question_with_none_or_two_right_choices_is_refused(
    conditions: tuple[str, ...], count: int
) -> None:
    with pytest.raises(ValueError, match=f"{count} of the choices are right, not one"):
        question(*conditions).right(given(kl=3.0))
