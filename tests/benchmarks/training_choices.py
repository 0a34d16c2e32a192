"""What to train the brain network on: all contrasts or one, with or without real anatomies.

    python -m explorer train explorer/training/recipes/beta-vae-brain.toml --anatomies FOLDER --output runs
    python -m tests.benchmarks.training_choices runs/brain-pool-*.npy [--samples 24000]

Short trainings of the recipe's network, each on as many images, compared on images that none has seen: loss
(rec + beta KL at z = mu, nats an image, the mean over three betas of the ratio to the first row) and mean
|x - x_hat| over the brain at the smallest beta. Columns that a network was not trained for are left out.
"""

from __future__ import annotations

import argparse
import dataclasses
import math
import sys
import tempfile
from pathlib import Path
from typing import cast

import numpy as np
import torch
from torch import Tensor

import explorer.training
from explorer.datasets import load_dataset
from explorer.datasets.brain.pool import BrainBatches
from explorer.datasets.brain.variation import CONTRASTS
from explorer.evaluation.members import calibration_slices
from explorer.evidence import VaeEvidence
from explorer.models.beta_vae.network import BetaVae
from explorer.models.beta_vae.objective import ElboObjective
from explorer.training.loop import build_model, train
from explorer.training.recipe import Recipe, read_recipe
from tests.benchmarks.healthy import ixi_slices, mean_error

RECIPE = Path(explorer.training.__file__).parent / "recipes" / "beta-vae-brain.toml"
BETAS = (0.01, 0.3, 10.0)
SLICES_EACH = 60


def trained(recipe: Recipe, batches: BrainBatches, name: str) -> BetaVae:
    """A network after a short training."""
    model = cast(BetaVae, build_model(recipe))
    with tempfile.TemporaryDirectory() as folder:
        steps = train(
            ElboObjective(model, recipe.training), recipe, batches, device=torch.device("cpu"),
            checkpoint=Path(folder) / "unused.safetensors", every=10**9,
        )  # fmt: skip
        for progress in steps:
            if progress.step % 50 == 0:
                done = f"{progress.step} of {progress.steps}, {progress.images_per_second:.0f} images/s"
                print(f"{name}: {done}", file=sys.stderr)
    return model.eval()


def losses(model: BetaVae, images: Tensor) -> list[float]:
    """Mean of rec + beta KL at each of `BETAS`, nats an image."""
    found = []
    for beta in BETAS:
        evidence = VaeEvidence(model, images, beta)
        found.append(float((evidence.rec + beta * evidence.kl).mean()))
    return found


def main() -> int:
    """Print a row a choice."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pool", type=Path)
    parser.add_argument("--samples", type=int, default=24_000)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    recipe = dataclasses.replace(read_recipe(RECIPE), samples=arguments.samples)
    whole = BrainBatches.open(arguments.pool)
    template = len(whole.pool) - round(len(whole.pool) * recipe.images.real_share)  # these come first
    choices = {
        "all contrasts, real anatomies": whole,
        "all contrasts, template alone": dataclasses.replace(
            whole, pool=whole.pool[:template], positions=whole.positions[:template]
        ),
        **{f"{name} alone": dataclasses.replace(whole, contrasts=(name,)) for name in ("flair", "t1")},
    }
    sets = {name: calibration_slices(load_dataset(f"brain/{name}"), SLICES_EACH) for name in CONTRASTS} | {
        "IXI t1": ixi_slices()
    }
    first: dict[str, list[float]] = {}
    print(f"{'':<32}" + "".join(f"{name:>18}" for name in sets))
    for choice, batches in choices.items():
        model = trained(recipe, batches, choice)
        row = ""
        for name, slices in sets.items():
            if name.removeprefix("IXI ") not in batches.contrasts:
                row += f"{'':>18}"
                continue
            found = losses(model, slices.images)
            ratios = np.divide(found, first.setdefault(name, found))
            row += f"{math.exp(np.log(ratios).mean()):>11.3f} {mean_error(model, slices):.4f}"
        print(f"{choice:<32}{row}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
