"""What a recipe says of its network, checked before any is built: each setting and all sizes together."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import MISSING
from typing import Any, get_origin, get_type_hints

import torch
from torch import nn

from explorer.cards.sizes import LARGEST_NUMBER, LONGEST_LIST, check_sizes
from explorer.cards.weights import LARGEST_BYTES, NO_NETWORK
from explorer.foreign import short
from explorer.models import Network
from explorer.settings import Setting, check, check_keys, shown


def check_network(network: type[Network], table: Any) -> Mapping[str, Any]:
    """The settings of a network under `[model]`, as they are, where one can be built, stored and read back.

    Raises:
        ValueError: naming the key, its rule and its value.
    """
    _check_keys(network, table, all_needed=True)
    _check_values(network, table, network.parts)
    check_sizes(table)
    with torch.device("meta"):
        stored = sum(2 * value.numel() for value in build(network, table).state_dict().values())
    if stored > LARGEST_BYTES:
        raise ValueError(
            f"its sizes give weights of {stored / 2**20:,.0f} MiB in half precision, and "
            f"{LARGEST_BYTES // 2**20} can be read back; lower them"
        )
    return dict(table)


def build(network: type[Network], table: Mapping[str, Any]) -> Network:
    """The network of these settings; ValueError where they describe none."""
    try:
        return network(**table)
    except NO_NETWORK as error:
        raise ValueError(short(error)) from None


def _check_keys(module: type[nn.Module], table: Any, *, all_needed: bool) -> None:
    if not isinstance(table, Mapping):
        raise ValueError(f"it must be a table, got {shown(table)}")
    parameters = inspect.signature(module).parameters.values()
    needed = [p.name for p in parameters if p.default is p.empty and all_needed]
    check_keys(table, [p.name for p in parameters], needed)


def _check_values(
    module: type[nn.Module], table: Mapping[str, Any], parts: Mapping[str, type[nn.Module]]
) -> None:
    """Raise ValueError for a value of another kind than its parameter's, or beyond what a card may hold."""
    hints = get_type_hints(module.__init__)
    for name, value in table.items():
        if name in parts:
            try:
                _check_keys(parts[name], value, all_needed=False)  # the network fills in what it knows
                _check_values(parts[name], value, {})
            except ValueError as error:
                raise ValueError(f"{name}: {error}") from None
        elif get_origin(hints[name]) is Sequence:
            if not isinstance(value, list) or not 1 <= len(value) <= LONGEST_LIST:
                raise ValueError(f"{name} must be a list of 1 to {LONGEST_LIST} numbers, got {shown(value)}")
            for one in value:
                _check_number(f"each of {name}", int, 1, one)
        else:
            _check_number(name, hints[name], 0 if hints[name] is int else -LARGEST_NUMBER, value)


def _check_number(name: str, kind: type, minimum: float, value: Any) -> None:
    check(Setting(name, MISSING, "", minimum=minimum, maximum=LARGEST_NUMBER, kind=kind), value)
