"""Files that a person takes away from the page."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np

from explorer import NOTICE
from explorer.looking.scene import Scene
from explorer.looking.view import SliceView


def maps_as_npz(scene: Scene, shown: SliceView) -> bytes:
    """Image, masks, reconstruction and maps of a slice, (H, W) each, as NumPy saves them."""
    state = scene.state
    about = {
        "notice": NOTICE,
        "name": shown.case.source.name,
        "dataset": state.dataset,
        "model": state.model,
        "sha256": scene.pretrained.card.sha256,
        "anomaly": repr(state.anomaly),
        "seed": state.seed,
        "training_beta": state.beta,
        "scoring_beta": state.scoring_beta,
        "predictors": {name: repr(predictor) for name, predictor in state.predictors.items()},
    }
    arrays: dict[str, Any] = {
        "about": np.array(json.dumps(about)),
        "image": shown.case.image.numpy(),
        "mask": shown.case.mask.numpy(),
        "foreground": shown.case.source.foreground.numpy(),
        "reconstruction": shown.x_hat,
        "residual": shown.case.image.numpy() - shown.x_hat,
        **{f"map-{name}": values for name, values in shown.maps.items()},
    }
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()
