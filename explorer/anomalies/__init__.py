"""Synthetic anomalies: a file a family, each planting one kind of change into a healthy slice."""

from explorer.anomalies.base import CHANGE_THRESHOLD, Anomaly, DoesNotFit
from explorer.anomalies.params import Params
from explorer.anomalies.planting import plant
from explorer.registry import Registry

ANOMALIES: Registry[type[Anomaly]] = Registry("anomaly", __name__)

__all__ = ["ANOMALIES", "CHANGE_THRESHOLD", "Anomaly", "DoesNotFit", "Params", "plant"]
