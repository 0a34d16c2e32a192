"""How what a scene shows was made, in columns: the same for all tables and pictures that are taken away."""

from __future__ import annotations

import explorer
from explorer.looking.scene import Scene
from explorer.settings import format_settings


def about(scene: Scene) -> dict[str, str | int]:
    """What is the same for all maps of a scene, by the names of columns; settings with their defaults."""
    state = scene.state
    return {
        "program": f"explorer {explorer.__version__}",
        "dataset": state.dataset,
        "model": state.model,
        "model_sha256": scene.pretrained.card.sha256,
        "anomaly": state.anomaly_name,
        "anomaly_settings": format_settings(state.anomaly, whole=True),
        "seed": state.seed,
    }
