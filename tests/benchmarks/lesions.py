"""AP on the synthetic FLAIR cohort with lesions of contrast 0.3, every predictor at several training betas.

    python -m tests.benchmarks.lesions [--model beta-vae-brain] [--slices 100] [--card]

Runs `explorer evaluate`'s own code on test subjects; exits with 1 unless a predictor that uses the VAE has an
AP above 0.80 at some beta, and the reconstructions at the smallest beta are within 0.04 of healthy brains.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import torch

from explorer.anomalies import ANOMALIES
from explorer.cards.card import add_benchmark
from explorer.cards.catalogue import FOLDER, MODEL_FILES
from explorer.commands.arguments import model_from
from explorer.datasets import load_dataset
from explorer.evaluation.cohort import Scoring, run_cohort
from explorer.evaluation.report import figures
from explorer.predictors import PREDICTORS, Predictor, quick_predictors_for
from explorer.predictors.filters.gaussian import SIGMA
from explorer.predictors.reconstruction_error import ReconstructionError

DATASET, BETAS = "brain/flair", (0.01, 0.1, 1.0, 10.0)
TOLERANCES = (1, 2, 3, 4, 5)
"""Of the smoothed brighter residual, pixels; 3 is the least within 0.005 of the best mean AP (beta 1, 10)."""


def main() -> int:
    """Print a table of AP; the exit code says whether the targets were met."""
    style = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=style)
    parser.add_argument("--model", default="beta-vae-brain", help="name, kind, or path of a card")
    parser.add_argument("--slices", type=int, default=100)
    parser.add_argument("--card", action="store_true", help="enter the figures into the model's card")
    arguments = parser.parse_args()
    pretrained = model_from(arguments.model, DATASET, torch.device("cpu"))
    names = quick_predictors_for(pretrained.model)
    predictors: dict[str, Predictor] = {name: PREDICTORS[name]() for name in names}
    predictors["brighter residual, sigma 3"] = ReconstructionError(sign="brighter", sigma=SIGMA)
    for tolerance in TOLERANCES:
        predictors[f"brighter residual, sigma 3, tolerance {tolerance}"] = ReconstructionError(
            sign="brighter", sigma=SIGMA, tolerance=tolerance
        )
    rows: dict[str, dict[str, float]] = {name: {} for name in predictors}
    for beta in BETAS:
        scoring = Scoring(
            model=pretrained.model,
            calibration=pretrained.calibration[DATASET],
            predictors=predictors,
            beta=beta,
            scoring_beta=beta,
            device=torch.device("cpu"),
        )
        lesion = ANOMALIES["lesion"](strength=0.3)
        *_, result = run_cohort(load_dataset(DATASET), lesion, scoring, arguments.slices, 0)
        for name, row in figures(result)["predictors"].items():
            rows[name][f"{beta:g}"] = round(row["average_precision"], 3)
    print(f"{'AP at beta':<42}" + "".join(f"{beta:>8g}" for beta in BETAS))
    for name, row in rows.items():
        print(f"{name:<42}" + "".join(f"{value:>8.3f}" for value in row.values()))
    best = max(value for name, row in rows.items() if name != "intensity" for value in row.values())
    held_out = {name: made.error[0] for name, made in pretrained.card.held_out.items()}
    sharpness = ", ".join(f"{name} {error:.4f}" for name, error in held_out.items())
    print(f"best VAE predictor {best:.3f} (target above 0.80)")
    print(f"healthy brains, mean |x - x_hat| at the smallest beta (target below 0.04): {sharpness}")
    if arguments.card:
        entry = {"slices": arguments.slices, "contrast": 0.3, "average_precision_by_beta": rows}
        named = arguments.model.endswith(MODEL_FILES)
        card = Path(arguments.model) if named else FOLDER / pretrained.card.name
        add_benchmark(card.with_suffix(".toml"), "synthetic_lesions_flair", entry)
    return int(best <= 0.8 or max(held_out.values()) >= 0.04)


if __name__ == "__main__":
    sys.exit(main())
