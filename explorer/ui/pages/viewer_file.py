"""The viewer of a scene as a file, with what must be said of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from explorer.looking.output.packets import packets
from explorer.looking.output.provenance import facts, licences
from explorer.looking.output.script import maps_script, no_script
from explorer.looking.scene import Scene
from explorer.ui.components import viewer
from explorer.ui.components.alone import About
from explorer.ui.controls.viewer_settings import viewer_settings


def viewer_file(scene: Scene, look: Mapping[str, Any]) -> str:
    """An HTML file with a scene's slice at every training beta, that needs neither server nor network.

    Args:
        scene: what is shown.
        look: how it is looked at when the file is opened, see `explorer.ui.controls.viewing.told`.
    """
    script = [] if no_script(scene) else [("The same maps in Python", maps_script(scene))]
    about = About(
        title=f"Anomaly maps of {scene.case.source.name}",
        summary="All of it can be moved without a network: this file holds the slice at every training β.",
        facts=facts(scene),
        texts=[*script, *licences(scene)],
    )
    return viewer.alone(viewer_settings(scene, look), packets(scene), about)
