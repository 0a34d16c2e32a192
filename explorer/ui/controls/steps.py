"""The steps that a person took on a page, each as its whole address, to go back and forth between."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode

Parameters = dict[str, list[str]]

MOST = 50
"""Steps that can be taken back."""


@dataclass
class Steps:
    """Where a person was before, is, and can go again; addresses as texts, which are small.

    Attributes:
        here: the present address; None before the first.
        past: those before, the last one at the end.
        future: those that were taken back, the next one at the end.
    """

    here: str | None = None
    past: list[str] = field(default_factory=list)
    future: list[str] = field(default_factory=list)

    def arrive(self, address: Parameters, *, asked: bool) -> None:
        """Note the present address.

        Args:
            address: of the page.
            asked: whether the page went where an address says: then it may be one of the steps, either way.
        """
        text = urlencode(address, doseq=True)
        if self.here is None:
            self.here = text
        if text == self.here:
            return
        if asked and text in self.past:
            while self.here != text:
                self.undo()
        elif asked and text in self.future:
            while self.here != text:
                self.redo()
        else:
            self.past = [*self.past, self.here][-MOST:]
            self.here, self.future = text, []

    def undo(self) -> Parameters | None:
        """Go to the address before; None where there is none."""
        return self._go(self.past, self.future)

    def redo(self) -> Parameters | None:
        """Go to the address that was taken back last; None where there is none."""
        return self._go(self.future, self.past)

    def _go(self, ahead: list[str], behind: list[str]) -> Parameters | None:
        if not ahead or self.here is None:
            return None
        behind.append(self.here)
        self.here = ahead.pop()
        return parse_qs(self.here, keep_blank_values=True)
