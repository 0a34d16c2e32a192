"""The viewer: panels on canvas that move under the finger, from frames that the server sends once a slice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from explorer import NOTICE
from explorer.anomalies.params import SIZES
from explorer.predictors import PREDICTORS
from explorer.predictors.appearance import appearance
from explorer.ui.components.alone import About
from explorer.ui.components.alone import alone as file_of
from explorer.ui.components.mounting import Fed
from explorer.ui.streamlit.selectors import BROWSER
from explorer.wire.colour import SCORE_MAPS, encoded_table

CONSTANTS = {
    "tables": {name: encoded_table(name) for name in ("grey", "signed", *SCORE_MAPS)},
    "lines": {name: appearance(name).colour for name in PREDICTORS.names()},
    "notice": NOTICE,
    "streamlit": BROWSER,
}
_VIEWER = Fed(Path(__file__).parent, "viewer")


def show(moved: Callable[[Mapping[str, Any]], None]) -> None:
    """Put the viewer on the page.

    Args:
        moved: told, before the page runs again, what a person changed in the viewer: some of `beta`,
            `scoring` (texts of the page's options), `linked`, `plant` (`x`, `y`, `size`), `painted` and
            `again`; all unchecked.
    """
    _VIEWER.show(CONSTANTS, moved)


def feed(place: Any, key: str, content: bytes | Mapping[str, Any]) -> None:
    """Hand a packet or the page's settings to the viewer, through an invisible component at `place`."""
    _VIEWER.feed(place, key, content)


def alone(settings: Mapping[str, Any], packets: Iterable[bytes], about: About) -> str:
    """The viewer in an HTML file that needs no server, with these settings, packets and words around it."""
    known = {name: value for name, value in CONSTANTS.items() if name != "streamlit"}
    return file_of(_VIEWER, known, settings, packets, about)


def listen(told: Callable[[Mapping[str, Any]], None]) -> None:
    """Hear how a person has the viewer show things, within a fragment.

    Args:
        told: the texts of `explorer.ui.controls.viewing`; unchecked.
    """
    _VIEWER.listen(told)


def heard() -> int:
    """The number of the message that the viewer sent last."""
    return _VIEWER.heard


def settings(
    *,
    slice: str,
    betas: Sequence[str],
    beta: str,
    scorings: Sequence[str],
    scoring: str,
    linked: bool,
    plant: Any,
    look: Mapping[str, Any],
    own: bool,
    sides: str,
) -> dict[str, Any]:
    """What the page's controls say, for the viewer.

    Args:
        slice: as in the header of the packets that belong to them.
        betas: options of the page's slider of training betas, ascending.
        beta: the chosen one.
        scorings: options of the slider of scoring betas.
        scoring: the chosen one.
        linked: whether the scoring beta follows the training beta.
        plant: the anomaly's place, see `plant_of`.
        look: how things are shown: `texts`, see `explorer.ui.controls.viewing`, and `turn`, another one each
            time that the page went where an address says; only then do they hold, not what is shown now.
        own: whether it is a slice of an own scan, which no address holds.
        sides: what is known of left and right in the image, see `explorer.looking.scene.Scene.sides`.
    """
    return {
        "slice": slice, "betas": betas, "beta": beta, "scorings": scorings, "scoring": scoring,
        "linked": linked, "plant": plant, "look": look, "own": own, "sides": sides,
    }  # fmt: skip


def plant_of(anomaly: Any) -> dict[str, Any]:
    """Place and size of an anomaly as fractions of the image, and its painted shape.

    There is no place where it is drawn from the seed.
    """
    return {
        "plants": anomaly.placeable,
        "x": anomaly.x,
        "y": anomaly.y,
        "size": anomaly.size,
        "sizes": SIZES,
        "painted": anomaly.painted,
    }
