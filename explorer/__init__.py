"""Explorer of unsupervised anomaly localization with variational autoencoders."""

__version__ = "0.1.0"
