"""The least that a plug-in can be given, so that one that was just dropped in is tested by itself."""

from __future__ import annotations

import dataclasses
from typing import Any, get_type_hints

import torch
from torch import nn

from explorer.models import MODELS, Network
from explorer.settings import settings_of


def smallest(kind: type[Any], **changed: Any) -> Any:
    """Settings of this type; what must be given is as small as it may be."""
    described = {setting.name: setting for setting in settings_of(kind)}
    hints, values = get_type_hints(kind), {}
    for field in dataclasses.fields(kind):
        if field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING:
            continue
        if dataclasses.is_dataclass(hints[field.name]):
            values[field.name] = smallest(hints[field.name])
            continue
        setting = described[field.name]
        least = setting.choices[0] if setting.choices else setting.minimum
        values[field.name] = setting.kind() if least is None else setting.kind(least)
    return kind(**values | changed)


def wrong_settings(kind: type[Any]) -> list[dict[str, Any]]:
    """Settings of this type, one out of its range or of another type in each."""
    return [
        {setting.name: value}
        for setting in settings_of(kind)
        for value in (
            object(),
            *([setting.minimum - 1] if setting.minimum is not None else []),
            *([setting.maximum + 1] if setting.maximum is not None else []),
        )
    ]


def example(kind: str, seed: int = 0) -> Network:
    """The small network that a family gives as its example, with fresh weights; all of them matter."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = MODELS[kind](**MODELS[kind].example)
        for weight in network.parameters():
            if not bool(weight.any()):  # what begins as zero would hide whatever it is multiplied by
                nn.init.normal_(weight, std=0.3)
    return network
