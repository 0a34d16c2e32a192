"""The address of Explore that shows a state."""

from __future__ import annotations

from typing import Any

from explorer.anomalies import ANOMALIES
from explorer.evidence import parts_of
from explorer.looking import server
from explorer.looking.state import State
from explorer.predictors import PREDICTORS
from explorer.settings import settings_of


def parameters(state: State) -> dict[str, list[str]]:
    """The parameters of the address, spelled out, by the names that the page's controls have there.

    Args:
        state: of a dataset's slice; one of a person's own scan has no address.
    """
    family, _, option = state.dataset.partition("/")
    axes = server.dataset(state.dataset).axes("test")
    places = zip(axes, state.place, strict=True)
    found = {
        "dataset": family,
        "contrast": option,
        **{axis.name: axis.labels[k] if axis.labels else str(k) for axis, k in places},
        "anomaly": state.anomaly_name,
        **_settings(state.anomaly_name, ANOMALIES[state.anomaly_name], state.anomaly),
        "painted": getattr(state.anomaly, "painted", ""),
        "seed": str(state.seed),
        "model": state.model,
        **_betas(state),
        "cohort": str(state.cohort_size),
    }
    for name, predictor in state.predictors.items():
        found |= _settings(name, PREDICTORS[name], predictor)
    given = {key: [text] for key, text in found.items() if text}
    return given | {"predictors": list(state.predictors)}


def _betas(state: State) -> dict[str, str]:
    """Those that the model has."""
    model = server.pretrained(state.model).model
    low, high = model.beta_range
    found = {"beta": f"{state.beta:g}"} if low < high else {}
    if "grad_kl" in parts_of(model):
        found["linked"] = _text(state.follows)
    return found if state.follows else found | {"scoring-beta": f"{state.scoring_beta:g}"}


def _settings(name: str, plugin: type[Any], chosen: Any) -> dict[str, str]:
    """Those of a plug-in that have controls; with the switch of those that may be left to chance."""
    settings = [one for one in settings_of(plugin) if one.control]
    found = {f"{name}-{one.name}": _text(getattr(chosen, one.name)) for one in settings}
    if optional := [one.name for one in settings if one.optional]:
        by_hand = getattr(chosen, optional[0]) is not None
        found[f"{name}-by-hand"] = _text(by_hand)
    return found


def _text(value: Any) -> str:
    """As the controls write it; empty for what is left to chance."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value) if isinstance(value, float) else str(value)
