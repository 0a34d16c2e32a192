"""The networks, a file or a folder a family; `MODELS` finds them by the kind that a card names."""

from explorer.models.base import MODELS, Network

__all__ = ["MODELS", "Network"]
