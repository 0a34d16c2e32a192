"""Fashion-MNIST as slices."""

from explorer.datasets.fashion_mnist.dataset import FashionMnist

__all__ = ["FashionMnist"]
