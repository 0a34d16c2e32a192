"""How the viewer shows a scene where nobody has said otherwise, for files of the viewer."""

from __future__ import annotations

from typing import Any

from explorer.looking.scene import Scene
from explorer.ui.controls import viewing


def look_of(scene: Scene, **texts: str) -> dict[str, Any]:
    """The look that `explorer.ui.controls.viewing.told` tells, with these texts instead of the defaults."""
    parts = viewing.rules(list(scene.state.predictors), scene.dataset.image_size)
    return {"turn": 1, "texts": {key: default for key, (default, _) in parts.items()} | texts}
