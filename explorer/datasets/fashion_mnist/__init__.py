"""Fashion-MNIST as slices."""

from explorer.datasets.fashion_mnist.dataset import FashionMnist, FashionMnistFamily

__all__ = ["FashionMnist", "FashionMnistFamily"]
