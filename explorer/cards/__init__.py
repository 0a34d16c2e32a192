"""Models on disk: a readable card, weights, healthy calibration; each found by its name."""

from explorer.cards.card import Card, HeldOut, read_card
from explorer.cards.catalogue import (
    card_of,
    load_bytes,
    load_own,
    load_pretrained,
    model_called,
    model_names,
    models_for,
)
from explorer.cards.weights import Pretrained, outline, save_pretrained

__all__ = [
    "Card",
    "HeldOut",
    "Pretrained",
    "card_of",
    "load_bytes",
    "load_own",
    "load_pretrained",
    "model_called",
    "model_names",
    "models_for",
    "outline",
    "read_card",
    "save_pretrained",
]
