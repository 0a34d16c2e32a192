"""What the page's controls say, as the viewer is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from explorer.looking.scene import Scene
from explorer.ui.components import viewer
from explorer.ui.controls.model import beta_options, scoring_options


def viewer_settings(scene: Scene, look: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that belong to a scene's packets, and how they are looked at, see `viewing.told`."""
    state = scene.state
    return viewer.settings(
        slice=scene.slice_key,
        betas=beta_options(scene.pretrained),
        beta=f"{state.beta:g}",
        scorings=scoring_options(scene.pretrained),
        scoring=f"{state.scoring_beta:g}",
        linked=state.linked,
        plant=viewer.plant_of(state.anomaly),
        look=look,
        own=state.guest is not None,
        sides=scene.sides,
    )
