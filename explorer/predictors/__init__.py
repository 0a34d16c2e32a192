"""Predictors: a file a method, each turning the evidence on a batch into maps of anomaly scores."""

from explorer.predictors.base import (
    PREDICTORS,
    HealthyScores,
    Predictor,
    check_fits,
    healthy_name,
    listed,
    missing_parts,
    predictors_for,
    quick_predictors_for,
    score,
    within,
)

__all__ = [
    "PREDICTORS",
    "HealthyScores",
    "Predictor",
    "check_fits",
    "missing_parts",
    "healthy_name",
    "listed",
    "predictors_for",
    "quick_predictors_for",
    "score",
    "within",
]
