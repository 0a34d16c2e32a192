"""One number an image: how anomalous it is as a whole.

`rec`, `kl` and their weighted sum `elbo`: Zimmerer et al., 2019, arXiv 1907.02796. `code-surprise`: the sum
of the code NLLs above a threshold, Naval Marimont and Tarroni, 2020, arXiv 2012.06765, who take 7 nats; here
the threshold is the 98th percentile over healthy foregrounds. That of a scan is the sum over its slices.
"""

from __future__ import annotations

from torch import Tensor

from explorer.contracts import Model
from explorer.evidence import Evidence, parts_of
from explorer.predictors import HealthyScores
from explorer.predictors.base import codes_of

THRESHOLD_LEVEL = 0.98
TERMS = ("rec", "kl", "elbo")
SURPRISE = "surprise"
"""The name under which a calibration holds quantiles of `code-surprise` over healthy images."""


def sample_score_names(model: Model) -> tuple[str, ...]:
    """The sample scores that a model has; `code-surprise` also asks for a calibration."""
    return (*TERMS, "code-surprise") if "code_nll" in parts_of(model) else TERMS


def sample_scores(evidence: Evidence, model: Model, calibration: HealthyScores | None) -> dict[str, Tensor]:
    """Every sample score, nats an image, (B,), by name.

    Raises:
        ValueError: where a VQ-VAE has no calibration.
    """
    found: dict[str, Tensor] = {name: getattr(evidence, name) for name in TERMS}
    if "code-surprise" in sample_score_names(model):
        found["code-surprise"] = total_surprise(evidence, calibration)
    return found


def total_surprise(evidence: Evidence, calibration: HealthyScores | None) -> Tensor:
    """Sum of the code NLLs above their threshold, nats an image, (B,)."""
    if calibration is None:
        raise ValueError("the sample score code-surprise needs a calibrated model, got none")
    nll = codes_of(evidence).code_nll
    threshold = calibration.quantile("code-surprise", evidence.beta, THRESHOLD_LEVEL).to(nll)
    return nll.where(nll > threshold[:, None, None], nll.new_zeros(())).sum((1, 2))
