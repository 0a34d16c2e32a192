"""Reconstruction error on healthy brains that no training saw, of one brain model or several.

    python -m tests.benchmarks.healthy [MODEL.toml ...] [--card]

Mean |x - x_hat| over the brain at each model's smallest beta: on the calibration subjects of the synthetic
cohort in each contrast, and on axial T1 slices of five held-out healthy adults of IXI (dataset `real`).
Settings of training are chosen by these figures.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import torch

from explorer.cards import load_pretrained
from explorer.cards.card import add_benchmark
from explorer.cards.catalogue import FOLDER
from explorer.contracts import Model
from explorer.datasets import load_dataset
from explorer.datasets.brain.real_anatomies import HELD_OUT_IXI
from explorer.datasets.brain.variation import CONTRASTS
from explorer.evaluation.members import HealthySlices, calibration_slices
from explorer.evidence import observe

IXI = "IXI T1"
ALLOWED, ALLOWED_IXI = 0.04, 0.03
SLICES_EACH = 100
STRIDE = 4
LEAST_BRAIN = 500


def ixi_slices() -> HealthySlices:
    """Every fourth slice of the held-out subjects."""
    dataset = load_dataset("real/t1")
    subjects, places = dataset.axes("test")
    own = [k for k, name in enumerate(subjects.labels) if name.startswith(HELD_OUT_IXI)]
    slices = [dataset.slice("test", k, index) for k in own for index in range(0, places.size, STRIDE)]
    return HealthySlices.of([one for one in slices if int(one.foreground.sum()) > LEAST_BRAIN])


def mean_error(model: Model, slices: HealthySlices) -> float:
    """Mean |x - x_hat| over the foregrounds at the model's smallest beta."""
    total = 0.0
    with torch.no_grad():
        for part in slices.split(50):
            x_hat = observe(model, part.images, model.beta_range[0], conditions=part.conditions).x_hat
            total += float((part.images - x_hat).abs()[part.foregrounds].double().sum())
    return total / float(slices.foregrounds.sum())


def main() -> int:
    """Print a row a model; the exit code says whether the last one's synthetic errors are all in bounds."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("cards", nargs="*", type=Path, default=[FOLDER / "beta-vae-brain.toml"])
    parser.add_argument("--card", action="store_true", help="enter the figures into the models' cards")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    sets = {f"brain/{c}": calibration_slices(load_dataset(f"brain/{c}"), SLICES_EACH) for c in CONTRASTS}
    sets[IXI] = ixi_slices()
    print(f"{'mean |x - x_hat|':<28}" + "".join(f"{name:>13}" for name in sets))
    errors: dict[str, float] = {}
    for path in arguments.cards:
        model = load_pretrained(path.stem, torch.device("cpu"), path.parent).model
        errors = {name: mean_error(model, slices) for name, slices in sets.items()}
        print(f"{path.stem:<28}" + "".join(f"{error:13.4f}" for error in errors.values()), flush=True)
        if arguments.card:
            add_benchmark(path, "healthy_error", {name: round(error, 4) for name, error in errors.items()})
    return int(any(error >= (ALLOWED_IXI if name == IXI else ALLOWED) for name, error in errors.items()))


if __name__ == "__main__":
    sys.exit(main())
