"""The viewer's frames on their way: those that one looks at first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from explorer.looking.output.packets import meanwhile, packets
from explorer.looking.scene import Scene
from explorer.ui.components import viewer
from explorer.ui.controls.viewer_settings import viewer_settings

Told = Callable[[], Mapping[str, Any]]
"""How a person has the viewer show things by now, see `explorer.ui.controls.viewing.told`."""


class Frames:
    """The viewer's frames: those with the current beta at once, the others when all else is on screen."""

    def __init__(self, scene: Scene, feeds: Any, told: Told) -> None:
        self._scene, self._feeds, self._look = scene, feeds, told()
        self._controls, self._blank = feeds.empty(), feeds.empty()
        self._packets = packets(scene)
        self._told = False

    def meanwhile(self) -> None:
        """Send what is known before the predictors of many passes are run."""
        viewer.feed(self._blank, "frames-meanwhile", meanwhile(self._scene))
        self._tell()

    def begin(self) -> None:
        """Send the frames with the current beta."""
        viewer.feed(self._feeds, "frames-0", next(self._packets))
        self._blank.empty()
        if not self._told:
            self._tell()

    def _tell(self) -> None:
        viewer.feed(self._controls, "settings", viewer_settings(self._scene, self._look))
        self._told = True

    def finish(self) -> None:
        """Compute and send what is left; a newer change of the page ends this between two packets."""
        for number, packet in enumerate(self._packets, 1):
            viewer.feed(self._feeds, f"frames-{number}", packet)
