"""What lessons and presets share: a state of the page, others beside it, and claims on their figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from explorer.lessons.claims import Claim, filled_in
from explorer.lessons.figures import Figures, Looked
from explorer.lessons.states import state_of
from explorer.looking.state import State


@dataclass(frozen=True, kw_only=True)
class Shown:
    """Words with the state of the page that they speak of.

    Attributes:
        text: with figures in braces.
        state: of the page, as `states.Choices` has it.
        compare: what other states have in the place of parts of it, by the name that their figures have.
        claims: what the text says.
    """

    text: str
    state: Mapping[str, Any] = field(default_factory=dict)
    compare: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    claims: Sequence[str] = ()

    def __post_init__(self) -> None:
        for claim in self.claims:
            Claim(claim)

    @property
    def shown(self) -> State:
        """The state of the page; ValueError where the table says none."""
        return state_of(self.state)

    def figures(self) -> Figures:
        """Of its state and of those beside it; computed when they are asked for."""
        others = {name: Looked(state_of({**self.state, **table})) for name, table in self.compare.items()}
        return Figures({"": Looked(self.shown), **others})

    def told(self) -> str:
        """Its text with figures."""
        return filled_in(self.text, self.figures())


def check_length(name: str, text: str, most: int) -> None:
    """Raise ValueError where a text has too many words."""
    if (count := len(text.split())) > most:
        raise ValueError(f"{name} must have at most {most} words, got {count}: {text[:40]} ...")
