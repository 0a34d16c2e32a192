"""What a model says of a batch of images, each part computed once; a model names its kind of evidence."""

from __future__ import annotations

from torch import Tensor

from explorer.contracts import Conditions, Model
from explorer.evidence.base import Evidence
from explorer.evidence.codes import CodeEvidence
from explorer.evidence.vae import VaeEvidence

__all__ = ["CodeEvidence", "Evidence", "VaeEvidence", "observe", "parts_of"]


def observe(
    model: Model,
    x: Tensor,
    beta: Tensor | float,
    *,
    scoring_beta: Tensor | float | None = None,
    conditions: Conditions | None = None,
) -> Evidence:
    """What a model says of images; see `Evidence` for the arguments."""
    found: Evidence = model.evidence(model, x, beta, scoring_beta=scoring_beta, conditions=conditions)
    return found


def parts_of(model: Model) -> frozenset[str]:
    """What predictors can have of a model's evidence."""
    parts: frozenset[str] = model.evidence.PARTS
    return parts
