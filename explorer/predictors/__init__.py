"""Predictors: a file a method, each turning the evidence on a batch into maps of anomaly scores."""

from explorer.predictors.base import PREDICTORS, HealthyScores, Predictor, score

__all__ = ["PREDICTORS", "HealthyScores", "Predictor", "score"]
