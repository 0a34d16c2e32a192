"""The page's address and its controls: each parameter is a control, and every value is spelled out.

Streamlit's own binding leaves out what equals a default, so that an address would change its meaning with the
defaults. Here the address is read when a page is opened or a person goes back or forward, and written whole
after the controls of each run. Streamlit adds what is written to the browser's history, so Back undoes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitAPIException

from explorer.ui.controls.steps import Parameters, Steps
from explorer.ui.streamlit.travel import travelled

STALE_S = 1.0
"""Seconds in which a browser may still send the address before the last one that was written."""

LONGEST = 60
"""Letters of a parameter that a message repeats."""


@dataclass
class Address:
    """What a session knows of the address of one page.

    Attributes:
        asked: parameters that no control of this run has taken yet.
        shown: parameters that the controls of this run stand for.
        ignored: what was asked for in vain, as `key=text`.
        nearest: by key, what was asked for and what was taken instead.
        gone: whether a slice of an own scan was asked for that is not in this session.
        written: the last address written; None before the first.
        values: of the controls, when it was written.
        moment: when it was written, s.
        steps: the addresses before and after.
        wanted: the address that the next run takes up.
        turn: how often an address was taken up; what the viewer is told with it.
        arrived: `turn` when the address was written last.
        ended: whether the controls of this run are complete.
        late: whether a value without a control is another one than the address says.
    """

    asked: Parameters = field(default_factory=dict)
    shown: dict[str, Callable[[], list[str]]] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)
    nearest: dict[str, tuple[str, str]] = field(default_factory=dict)
    gone: bool = False
    written: Parameters | None = None
    values: dict[str, Any] = field(default_factory=dict)
    moment: float = 0.0
    steps: Steps = field(default_factory=Steps)
    wanted: Parameters | None = None
    turn: int = 0
    arrived: int = 0
    ended: bool = False
    late: bool = False

    def begin(self) -> None:
        """Begin a run: take an address up if the page was opened with it, or went back, forward or a step."""
        here, wanted = _here(), self.wanted
        self.shown, self.asked, self.wanted, self.ended = {}, {}, None, False
        lost = [key for key in self.values if key not in st.session_state]
        if wanted is not None:
            self._take_up(wanted)
        elif self.written is None:
            self._take_up(here)
        elif lost and (not here or here == self.written):  # Streamlit forgets the controls of a page left
            self.asked = {key: self.written[key] for key in lost if key in self.written}
        elif here != self.written and (lost or self._travelled()):
            self._take_up(here)

    def _take_up(self, asked: Parameters) -> None:
        """Go where an address says: what it does not name begins with its default."""
        for key in self.values:
            st.session_state.pop(key, None)
        self.asked = {key: list(texts) for key, texts in asked.items()}
        self.ignored, self.nearest, self.gone = [], {}, False
        self.turn += 1

    def _travelled(self) -> bool:
        """Whether the browser's address is where a person went, not one that is late."""
        known = travelled()
        if known is not None:
            return known
        moved = any(st.session_state.get(key) != value for key, value in self.values.items())
        return not moved and time.monotonic() - self.moment > STALE_S

    def place(
        self,
        key: str,
        default: Any,
        parse: Callable[[str], Any],
        *,
        fits: Callable[[Any], bool] = lambda value: True,
        text: Callable[[Any], str] = str,
    ) -> None:
        """Give a control its value before it is built.

        Args:
            key: of the control, and its name in the address.
            default: where neither the address nor the session has a value that fits.
            parse: makes a value of the address's text; ValueError where none can be made.
            fits: whether a value may stay, should options have changed.
            text: makes the address's text of a value; where that is empty the parameter is left out.
        """
        for asked in self._last(key):
            try:
                value = parse(asked)
            except ValueError:
                self.ignore(key, asked)
                continue
            if fits(value):
                st.session_state[key] = value
            else:
                self.ignore(key, asked)
        if key not in st.session_state or not fits(st.session_state[key]):
            st.session_state[key] = default
        self.shown[key] = lambda: [shown] if (shown := text(st.session_state[key])) else []

    def place_list(self, key: str, default: list[str], options: tuple[str, ...]) -> None:
        """The same for a control of several options; what is no option is named and left out."""
        asked = self.asked.pop(key, None)
        if asked is not None:
            for text in asked:
                if text not in options and asked != [""]:
                    self.ignore(key, text)
            st.session_state[key] = [text for text in dict.fromkeys(asked) if text in options]
        if key not in st.session_state:
            st.session_state[key] = default
        st.session_state[key] = [name for name in st.session_state[key] if name in options]
        self.shown[key] = lambda: st.session_state[key] or [""]

    def renew(self, key: str, renewed: Callable[[str], tuple[str, str]]) -> None:
        """Take a parameter of an old address up as what it is now.

        Args:
            key: its name then.
            renewed: its name and text now, from the text then; ValueError where that is none.
        """
        for asked in self._last(key):
            try:
                name, text = renewed(asked)
            except ValueError:
                self.ignore(key, asked)
                continue
            if name in self.asked:
                self.ignore(key, asked)
            else:
                self.asked[name] = [text]

    def _last(self, key: str) -> list[str]:
        """The text of a parameter of one value, if it is there; of several the last, the others are named."""
        texts = self.asked.pop(key, [])
        for text in dict.fromkeys(texts):
            if text != texts[-1]:
                self.ignore(key, text)
        return texts[-1:]

    def ignore(self, key: str, text: str) -> None:
        """Note that a parameter could not be followed."""
        self.ignored.append(f"{key}={text}"[:LONGEST])

    def end(self) -> None:
        """Write what the controls show to the address, and note what none of them knows."""
        for key, texts in self.asked.items():
            for text in texts:
                self.ignore(key, text)
        self.asked, self.ended = {}, True
        self.write()

    def write(self) -> None:
        """Write the address: at the end of the controls, or between two runs."""
        written = {key: texts for key, show in self.shown.items() if (texts := show())}
        if written != _here():
            st.query_params.from_dict(written)
            self.moment = time.monotonic()
        self.steps.arrive(written, asked=self.arrived != self.turn)
        self.written, self.arrived, self.late = written, self.turn, False
        self.values = {key: st.session_state[key] for key in self.shown}

    def keep(self) -> None:
        """After a run whose controls broke off, hold the values of those that were not built.

        Streamlit forgets the value of a control that a run did not come to, unless it is set anew; it cannot
        be set where the control was built.
        """
        for key in () if self.ended else self.values:
            if key in st.session_state:
                with suppress(StreamlitAPIException):
                    st.session_state[key] = st.session_state[key]

    def fill(self, parameters: Parameters) -> None:
        """Have what this run's address leaves out be as these parameters say."""
        self.asked = {**parameters, **self.asked}

    def go(self, parameters: Parameters) -> None:
        """Have the next run go where these parameters say."""
        self.wanted = parameters

    def undo(self) -> bool:
        """Have the next run take the last step back; whether there is one."""
        self.wanted = self.steps.undo()
        return self.wanted is not None

    def redo(self) -> bool:
        """Have the next run take the step again that was taken back last; whether there is one."""
        self.wanted = self.steps.redo()
        return self.wanted is not None

    def told(self) -> tuple[list[str], Mapping[str, tuple[str, str]], bool]:
        """What was ignored, what was taken instead and whether an own slice is gone, once."""
        found = self.ignored, self.nearest, self.gone
        self.ignored, self.nearest, self.gone = [], {}, False
        return found


def address_of(page: str) -> Address:
    """The session's record of a page's address."""
    found: Address = st.session_state.setdefault(f"address-{page}", Address())
    return found


def _here() -> Parameters:
    return {key: st.query_params.get_all(key) for key in st.query_params}
