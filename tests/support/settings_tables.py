"""Average precision of many settings of predictors on the same slices, for benchmarks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from explorer.cards import Pretrained
from explorer.contracts import Conditions
from explorer.datasets import load_dataset
from explorer.evaluation.calibrating import supplemented
from explorer.evaluation.curves import average_precision
from explorer.evaluation.histogram import ScoreHistogram
from explorer.evaluation.members import calibration_slices
from explorer.evidence import observe
from explorer.predictors import PREDICTORS, Predictor, missing_parts, score
from explorer.settings import plugin_from

CPU = torch.device("cpu")
BATCH = 16

Rows = dict[str, list[float]]
"""AP by predictor with its settings, one a training beta."""


@dataclass(frozen=True, eq=False)
class Slices:
    """Images of one contrast with what is anomalous in them.

    Attributes:
        images: (N, 1, 128, 128), float32 in [0, 1].
        masks: the anomalous pixels, shape of `images`, bool.
        counted: the pixels that count, shape of `images`, bool.
        conditions: contrast and position of each.
    """

    images: Tensor
    masks: Tensor
    counted: Tensor
    conditions: Conditions

    @property
    def chance(self) -> float:
        """The share of anomalous pixels, which is the AP of chance."""
        return float(self.masks[self.counted].float().mean())


def texts(contrast: str) -> list[str]:
    """The predictors tried on a contrast (`flair`, `t1`, `t2`), as the command line has them."""
    mode, sign = ("dark", "darker") if contrast == "t1" else ("bright", "brighter")
    residuals = [f"sign={sign},sigma={s},tolerance={t}" for s in (0, 1, 2, 3) for t in (0, 1, 3)]
    joined = [
        f"ensemble:rule=tail,members=intensity:mode={mode}:sigma={s},"
        f"reconstruction-error:sign={sign}:sigma={s}:tolerance={t}"
        for s in (1, 2, 3)
        for t in (0, 1, 3)
    ]
    return [
        *(f"intensity:mode={mode},sigma={s}" for s in (0, 1, 2, 3)),
        *(f"reconstruction-error:{one}" for one in residuals),
        *("reconstruction-error", "reconstruction-gradient", "elbo-gradient", "kl-gradient", "combination"),
        *("code-surprise", "latent-restoration"),
        *joined,
    ]


def average_precisions(
    pretrained: Pretrained, contrast: str, slices: Slices, wanted: Sequence[str], betas: Sequence[float]
) -> Rows:
    """AP over counted pixels, for each of the `wanted` predictors that fit the model."""
    model, healthy = pretrained.model, f"brain/{contrast}"
    tried = {text: plugin_from(PREDICTORS, text) for text in wanted}
    predictors: dict[str, Predictor] = {t: one for t, one in tried.items() if not missing_parts(one, model)}
    calibration = supplemented(
        pretrained.healthy(healthy),
        model,
        predictors.values(),
        lambda count: calibration_slices(load_dataset(healthy), count),
        CPU,
    )
    found: Rows = {text: [] for text in predictors}
    for beta in betas:
        parts: dict[str, list[ScoreHistogram]] = {text: [] for text in predictors}
        for rows in torch.split(torch.arange(len(slices.images)), BATCH):
            evidence = observe(model, slices.images[rows], beta, conditions=slices.conditions.rows(rows))
            for text, predictor in predictors.items():
                values = score(predictor, evidence, calibration)
                parts[text].append(ScoreHistogram.of(values, slices.masks[rows], slices.counted[rows]))
        for text, histograms in parts.items():
            found[text].append(average_precision(ScoreHistogram.merge(histograms)))
    return found


def betas_of(pretrained: Pretrained, betas: Sequence[float]) -> Sequence[float]:
    """The training betas to try: those given, or the only one of a model that knows none."""
    low, high = pretrained.model.beta_range
    return betas if low < high else (low,)


def lines(rows: Rows) -> str:
    """AP by setting, a line each, the best first."""
    best_first = sorted(rows.items(), key=lambda item: -max(item[1]))
    return "\n".join(f"  {text:<100} " + " ".join(f"{one:.3f}" for one in row) for text, row in best_first)
