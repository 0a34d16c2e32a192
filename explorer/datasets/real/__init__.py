"""Real brains, healthy and ill, for looking and testing; never for training."""

from explorer.datasets.real.dataset import RealBrains

__all__ = ["RealBrains"]
