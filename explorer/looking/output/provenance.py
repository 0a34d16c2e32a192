"""What a file that leaves the page says of itself: what it shows, how that was made, under which licences."""

from __future__ import annotations

from explorer.datasets import load_dataset
from explorer.looking.output.about import about
from explorer.looking.scene import Scene
from explorer.settings import format_settings


def facts(scene: Scene) -> list[tuple[str, str]]:
    """What is shown and how it was made: terms, and what is said of each."""
    state, card = scene.state, scene.pretrained.card
    made = about(scene)
    planted = [f"{made['anomaly']} ({made['anomaly_settings']})", f"seed {made['seed']}"]
    planted += [scene.case.name] if scene.case.name else []
    planted += [f"not planted: {scene.misfit}"] if scene.misfit else []
    settings = {one.title: format_settings(one, whole=True) for one in state.predictors.values()}
    maps = [title + (f" ({text})" if text else "") for title, text in settings.items()]
    return [
        ("Image", scene.case.source.name),
        ("Where it comes from", _origin(scene)),
        ("Anomaly", "; ".join(planted)),
        ("Model", f"{card.name}, weights {made['model_sha256']}, trained on: {card.data}"),
        ("Betas at first", f"training β {state.beta:g}, KL weight in the ELBO map {state.scoring_beta:g}"),
        ("Maps", "; ".join(maps) or "none"),
        ("Made with", str(made["program"])),
    ]


def licences(scene: Scene) -> list[tuple[str, str]]:
    """What must go along with the image, by what it is of."""
    state = scene.state
    texts = {"the lesion's shape": "" if scene.misfit else state.anomaly.licence}
    if state.guest is None:
        texts["the image"] = load_dataset(state.dataset).licence
    return [(f"Licence and origin of {what}", text) for what, text in sorted(texts.items()) if text]


def _origin(scene: Scene) -> str:
    """Source and licence of the image in a sentence."""
    if scene.state.guest is None:
        return f"{scene.dataset.name}: {scene.dataset.note}"
    return (
        "a slice of somebody's own scan: whether it may be passed on is for them to say. "
        f"{scene.state.guest.sides} Compared with healthy images of {scene.dataset.name}."
    )
