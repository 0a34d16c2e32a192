"""The registry of network architectures, by the `kind` that cards and recipes name."""

from __future__ import annotations

from collections.abc import Callable

from torch import nn

from explorer.registry import Registry

MODELS: Registry[Callable[..., nn.Module]] = Registry("model kind", "explorer.models")
