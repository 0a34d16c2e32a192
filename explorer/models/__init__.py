"""The networks, a file an architecture; `MODELS` finds them by the kind named in a card."""

from explorer.models.base import MODELS

__all__ = ["MODELS"]
