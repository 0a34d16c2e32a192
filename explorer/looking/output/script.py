"""The short Python script that computes the maps of the page anew with this package."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from markupsafe import Markup

from explorer import NOTICE
from explorer.anomalies import ANOMALIES
from explorer.looking import runs
from explorer.looking.scene import Scene
from explorer.predictors import PREDICTORS
from explorer.settings import plugin_text
from explorer.templates import render

TEMPLATE = Path(__file__).with_suffix(".jinja")


def no_script(scene: Scene) -> str:
    """Why no script can find a scene's image; empty where one can."""
    if scene.state.guest is None:
        return ""
    return (
        "a slice of your own scan is in no dataset, so a script cannot find it; take Maps (NPZ), or compute "
        "the maps of the whole scan with: python -m explorer localize"
    )


def maps_script(scene: Scene) -> str:
    """A script that writes the arrays of `downloads.maps_as_npz` to a file, the same to rounding.

    Raises:
        ValueError: for a slice of a person's own scan, which no script can find.
    """
    state = scene.state
    if why := no_script(scene):
        raise ValueError(why)
    anomaly = ANOMALIES["none"]() if scene.misfit else state.anomaly
    values = {
        "dataset": state.dataset,
        "place": state.place,
        "anomaly": plugin_text(ANOMALIES, anomaly),
        "seed": state.seed,
        "model": state.model,
        "sha256": scene.pretrained.card.sha256,
        "beta": float(state.beta),
        "scoring_beta": float(state.scoring_beta),
        "steps": {name: runs.answer(scene, name).step for name in state.iterative},
        "notice_text": NOTICE,
    }
    return render(
        TEMPLATE,
        notice=NOTICE,
        predictors=[
            (_literal(name), _literal(plugin_text(PREDICTORS, one))) for name, one in state.predictors.items()
        ],
        **{name: _literal(value) for name, value in values.items()},
    )


def _literal(value: Any) -> Markup:
    """A value as Python reads it back, which nothing in it can leave; a script is no HTML to be escaped."""
    return Markup(repr(value))
