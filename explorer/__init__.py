"""Explorer of unsupervised anomaly localization with variational autoencoders."""

__version__ = "0.1.0"

NOTICE = "Research and teaching only: not a medical device, not for diagnosis"
"""On every page and in every file that leaves the program."""
